from django.http import HttpRequest
from ninja import Router, Schema

from inspections.catalog import selectors
from inspections.catalog.selectors import TemplateJson
from inspections.people.auth import signed_in

router = Router(tags=["catalog"])


class TemplateItemOut(Schema):
    code: str
    title: str
    criterion: str
    level: str
    level_label: str
    evidence: list[str]
    remote: str
    may_be_absent: bool
    basis: str
    to_confirm_locally: bool


class TemplateOut(Schema):
    code: str
    version: str
    title: str
    rule_text: str
    items: list[TemplateItemOut]


@router.get("/catalog/templates/{code}", auth=signed_in, response=TemplateOut)
def template(request: HttpRequest, code: str) -> TemplateJson:
    return selectors.current_template(code).to_json()
