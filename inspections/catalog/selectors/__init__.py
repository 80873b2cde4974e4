"""Published checklists, guides and the calendar as plain values."""

# What the selectors answer with, for those who only read.
from inspections.catalog.rules import (
    Bundle,
    Guide,
    GuideStep,
    MandateAction,
    Material,
)
from inspections.catalog.selectors.calendar import (
    NamedDay,
    calendar_of,
    is_holiday,
    named_days,
    unknown_year,
)
from inspections.catalog.selectors.checklists import (
    Consent,
    ConsentData,
    ItemData,
    ItemJson,
    Template,
    TemplateData,
    TemplateItem,
    TemplateJson,
    current_consent,
    current_template,
    find_service_item,
    get_consent,
    get_template,
    parse_template,
    service_item_title,
)
from inspections.catalog.selectors.guides import (
    bundle,
    bundles,
    current_guide,
    get_guide,
    guides,
    merged_materials,
)
from inspections.catalog.selectors.retention import RetentionClass, retention_class

__all__ = [
    "Bundle",
    "Consent",
    "ConsentData",
    "Guide",
    "GuideStep",
    "ItemData",
    "ItemJson",
    "MandateAction",
    "Material",
    "NamedDay",
    "RetentionClass",
    "Template",
    "TemplateData",
    "TemplateItem",
    "TemplateJson",
    "bundle",
    "bundles",
    "calendar_of",
    "current_consent",
    "current_guide",
    "current_template",
    "find_service_item",
    "get_consent",
    "get_guide",
    "get_template",
    "guides",
    "is_holiday",
    "merged_materials",
    "named_days",
    "parse_template",
    "retention_class",
    "service_item_title",
    "unknown_year",
]
