"""What the hotline looks up while the caller is on the line: windows, and what is there already."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import Actor
from inspections.catalog import selectors as catalog
from inspections.catalog.errors import GuideUnknown
from inspections.catalog.selectors import Guide
from inspections.delegation import policies, rules
from inspections.delegation.errors import DelegationInvalid
from inspections.delegation.models import Delegation
from inspections.delegation.selectors.delegations import phone_digest_of
from inspections.delegation.states import DelegationState, Need
from inspections.dispatch import selectors as dispatch
from inspections.dispatch.shapes import WindowOffer
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import item_of
from inspections.people.rules import is_place
from inspections.people.states import Skill

_SKILLS = {Need.DIALECT.value: Skill.DIALECT, Need.SIGN_LANGUAGE.value: Skill.SIGN_LANGUAGE}


@dataclass(frozen=True, slots=True)
class WindowWish:
    """Coordinates are WGS-84 degrees."""

    items: list[str]
    longitude: float | None
    latitude: float | None
    needs: list[str]
    days: int = 3
    wanted_staff: UUID | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    offers: list[WindowOffer]
    minutes: int
    skills: frozenset[str]


def windows(actor: Actor, wish: WindowWish) -> Windows:
    """Windows in which somebody can really come, checked by insertion into the live plan.

    Refuses with `not_allowed`, `delegation_invalid` (fields.errors).
    """
    refusal = policies.may_register(actor)
    if refusal is not None:
        raise refusal
    guides = _guides(wish.items)
    place = _place(wish)
    skills, minutes = skills_for(guides, wish.needs), minutes_for(guides)
    now = clock.now()
    offers = dispatch.windows_for(
        UUID(actor.scope),
        dispatch.Wish(
            place=place,
            skills=skills,
            minutes=minutes,
            since=now,
            until=now + timedelta(days=wish.days),
            wanted_staff=wish.wanted_staff,
        ),
    )
    return Windows(offers, minutes, skills)


def possible_duplicates(actor: Actor, phone: str, items: list[str]) -> list[Delegation]:
    """What this phone has asked for within three days; with items, only what shares one.

    Refuses with `not_allowed`.
    """
    refusal = policies.may_register(actor)
    if refusal is not None:
        raise refusal
    return recent_of(actor.scope, phone_digest_of(rules.normal_phone(phone)), items)


def recent_of(bureau_id: str, phone_digest: str, items: list[str]) -> list[Delegation]:
    rows = Delegation.objects.filter(
        bureau_id=bureau_id,
        phone_digest=phone_digest,
        registered_at__gt=clock.now() - rules.DUPLICATE_WINDOW,
    ).exclude(state=DelegationState.TERMINATED.value)
    found = rows.order_by("-registered_at")
    return [row for row in found if not items or set(row.items) & set(items)]


def skills_for(guides: list[Guide], needs: list[str]) -> frozenset[str]:
    """The skill codes a visit needs: those of its items and those of the person."""
    codes = {skill.value for guide in guides for skill in guide.skills}
    return frozenset(codes | {_SKILLS[need].value for need in needs if need in _SKILLS})


def minutes_for(guides: list[Guide]) -> int:
    """How long one stay takes for these items together."""
    return min(max(sum(guide.visit_minutes for guide in guides), 15), rules.MINUTES_MOST)


def file_of(delegation: Delegation, evidence_id: UUID) -> EvidenceItem:
    """A piece of the delegation's dossier; refuses with `evidence_unknown`."""
    return item_of(delegation.dossier, evidence_id)


def _guides(items: list[str]) -> list[Guide]:
    try:
        found = [catalog.current_guide(code) for code in dict.fromkeys(items)]
    except GuideUnknown as unknown:
        problem = f"没有这个事项：{unknown.fields.get('item', '')}"
        raise DelegationInvalid({"items": problem}) from unknown
    if not found:
        raise DelegationInvalid({"items": "请至少选择一个事项"})
    return found


def _place(wish: WindowWish) -> tuple[float, float]:
    if (
        wish.longitude is None
        or wish.latitude is None
        or not is_place(wish.longitude, wish.latitude)
    ):
        raise DelegationInvalid({"longitude": "请先在地图上标出上门地点"})
    return wish.longitude, wish.latitude
