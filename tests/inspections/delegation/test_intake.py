from dataclasses import replace
from datetime import timedelta

import pytest

from fieldsvc.kernel import ids, journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.glyphs import GlyphMissing
from fieldsvc.kernel.journal import Actor
from inspections.catalog import selectors as catalog
from inspections.delegation import rules, selectors, services
from inspections.delegation.errors import DelegationInvalid, IntakeThrottled, PossibleDuplicate
from inspections.delegation.models import Delegation
from inspections.delegation.selectors import WindowWish
from inspections.delegation.states import Channel, DelegationState, Need
from inspections.dispatch.errors import WindowGone
from inspections.dispatch.models import Visit
from inspections.evidence.models import Dossier
from inspections.people import services as people
from inspections.people.selectors import actor_of_staff
from inspections.people.services import NewProfile
from tests.inspections.cast import Cast
from tests.inspections.delegation.scene import PLACE, WISH, Scene, register
from tests.inspections.dispatch.scene import Crew, at

WHO_IS_NOT_KNOWN = "没有这位代办专员，请从公示名单中选择"


def windows(crew: Crew, *items: str) -> list[tuple[object, object]]:
    found = selectors.windows(crew.desk, WindowWish(list(items) or ["SBK"], *PLACE, []))
    return [(one.starts_from, one.starts_until) for one in found.offers]


class TestOneCall:
    def test_it_gives_number_steps_deadlines_and_a_visit(self, story: Scene) -> None:
        made = story.delegation
        assert made.number == "DB-2026-000001"
        assert made.state == DelegationState.REGISTERED
        assert made.phone == "13805331234"
        guide = catalog.current_guide("SBK")
        assert [step.code for step in story.steps] == [step.code for step in guide.steps]
        assert made.callback_due_at == at(9, 30)
        assert made.due_at > at(17)
        assert made.calendar_version
        assert story.visit.subject == made.pk
        assert story.visit.case_label == made.number

    def test_the_chain_begins_with_the_dossier_and_holds_no_personal_value(
        self, story: Scene
    ) -> None:
        assert story.kinds() == ["dossier.opened", "delegation.registered", "visit.requested"]
        dossier = Dossier.objects.get(pk=story.delegation.pk)
        assert dossier.stream == story.delegation.stream
        bodies = "".join(bytes(entry.body).decode() for entry in story.entries())
        for value in ("李申请", "13805331234", "青年路", "腿脚", "117.86"):
            assert value not in bodies
        entry = story.entries("delegation.registered")[0]
        assert journal.reveal(entry, "phone") == "13805331234"

    def test_needs_are_a_secret_and_make_the_visit_protected(self, crew: Crew) -> None:
        needs = (Need.DISABLED, Need.SIGN_LANGUAGE)
        story = Scene(crew, register(crew, needs=needs))
        body = bytes(story.entries("delegation.registered")[0].body).decode()
        assert "DISABLED" not in body
        assert story.visit.protected
        assert story.visit.priority == 100
        assert "SIGN_LANGUAGE" in story.visit.skills

    def test_numbers_follow_each_other(self, crew: Crew) -> None:
        first = register(crew)
        second = register(crew, phone="13905331234")
        assert [first.number, second.number] == ["DB-2026-000001", "DB-2026-000002"]

    def test_who_is_on_the_line_has_been_called_back(self, crew: Crew) -> None:
        made = register(crew, callback_minutes=0)
        assert made.called_back_at == made.registered_at

    def test_a_bundle_stands_for_its_items(self, crew: Crew) -> None:
        made = register(crew, items=(), bundle="KBCYD")
        assert len(made.items) > 1
        assert made.bundle == "KBCYD"

    def test_the_clock_of_an_evening_call_counts_from_the_next_morning(
        self, crew: Crew, standing_clock: FixedClock
    ) -> None:
        standing_clock.advance(at(20) - standing_clock.now())
        made = register(crew)
        assert made.registered_at == at(20)
        assert made.callback_due_at == at(9, 30) + timedelta(days=1)

    def test_without_a_place_no_visit_is_asked_for(self, crew: Crew) -> None:
        made = register(crew, longitude=None, latitude=None)
        assert made.visit is None


class TestWindows:
    def test_they_are_said_in_words_with_a_reason(self, crew: Crew) -> None:
        found = selectors.windows(crew.desk, WindowWish(["SBK"], *PLACE, []))
        assert found.offers
        first = found.offers[0]
        assert first.label.startswith("今天 ")
        assert "代办" in first.why

    def test_one_that_was_offered_is_promised(self, crew: Crew) -> None:
        window = windows(crew)[0]
        story = Scene(crew, register(crew, window=window))
        assert (story.visit.promised_from, story.visit.promised_until) == window
        assert "visit.promised" in story.kinds()

    def test_one_nobody_can_keep_is_refused_and_nothing_is_stored(self, crew: Crew) -> None:
        night = (at(22), at(23))
        with pytest.raises(WindowGone) as refused:
            register(crew, window=night)
        assert refused.value.fields["alternatives"]
        assert not Delegation.objects.exists()

    def test_an_unknown_item_is_named(self, crew: Crew) -> None:
        with pytest.raises(DelegationInvalid):
            selectors.windows(crew.desk, WindowWish(["XXXX"], *PLACE, []))


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"phone": "12"}, "phone"),
            ({"contact_name": ""}, "contact_name"),
            ({"applicant_name": ""}, "applicant_name"),
            ({"items": ()}, "items"),
            ({"items": ("NOPE",)}, "items"),
            ({"items": (), "bundle": "NOPE"}, "bundle"),
            ({"address": "x"}, "address"),
            ({"wish": "长" * 1001}, "wish"),
            ({"latitude": None}, "longitude"),
            ({"longitude": 10.0}, "longitude"),
            ({"latitude": 80.0}, "latitude"),
            ({"window": (at(12), at(11))}, "window"),
            ({"window": (at(7), at(8))}, "window"),
            ({"longitude": None, "latitude": None, "window": (at(14), at(15))}, "window"),
            ({"preferred": (at(17), at(14))}, "preferred"),
            ({"preferred": (at(7), at(8))}, "preferred"),
            ({"preferred": (at(24 * 40), at(24 * 41))}, "preferred"),
            ({"callback_minutes": -1}, "callback_minutes"),
            ({"wanted_staff": ids.new()}, "wanted_staff"),
            ({"case": ids.new()}, "case"),
            ({"inspection": ids.new()}, "case"),
        ],
    )
    def test_each_field_says_what_is_wrong(
        self, crew: Crew, changes: dict[str, object], field: str
    ) -> None:
        with pytest.raises(DelegationInvalid) as refused:
            register(crew, **changes)
        assert field in refused.value.fields["errors"]  # type: ignore[operator]
        assert not Delegation.objects.exists()

    def test_a_name_no_font_can_print_is_refused_by_character(self, crew: Crew) -> None:
        with pytest.raises(GlyphMissing) as refused:
            register(crew, applicant_name="李𱍐")
        assert refused.value.fields["character"] == "𱍐"
        assert not Delegation.objects.exists()

    def test_an_inspector_registers_nothing(self, cast: Cast, crew: Crew) -> None:
        with pytest.raises(NotAllowed):
            services.register(WISH, actor=actor_of_staff(cast.wang))


class TestDuplicates:
    def test_the_same_phone_and_item_within_three_days_is_asked_about(
        self, crew: Crew, story: Scene
    ) -> None:
        with pytest.raises(PossibleDuplicate) as refused:
            register(crew, phone="+86 138-0533-1234")
        [known] = refused.value.fields["existing"]  # type: ignore[misc]
        assert known["number"] == story.delegation.number  # type: ignore[call-overload,index]

    def test_the_desk_may_say_that_it_is_another(self, crew: Crew, story: Scene) -> None:
        assert register(crew, not_duplicate=True).number == "DB-2026-000002"

    def test_another_item_another_phone_or_a_week_later_is_none(
        self, crew: Crew, story: Scene, standing_clock: FixedClock
    ) -> None:
        register(crew, items=("YLRZ",))
        register(crew, phone="0533-6190000")
        standing_clock.advance(timedelta(days=3, minutes=1))
        register(crew)

    def test_a_terminated_one_is_none(self, crew: Crew, story: Scene) -> None:
        services.terminate(story.delegation.pk, story.version, "不需要了", actor=crew.desk)
        register(crew)

    def test_who_did_not_sign_in_learns_nothing_of_it(self, crew: Crew, story: Scene) -> None:
        anybody = Actor("anonymous", "anonymous", str(crew.bureau.pk))
        with pytest.raises(PossibleDuplicate) as refused:
            services.register(replace(WISH, channel=Channel.WEB), actor=anybody)
        assert refused.value.fields["existing"] == []


class TestPublicForm:
    def test_a_time_that_would_suit_is_planned_for_and_not_promised(self, crew: Crew) -> None:
        anybody = Actor("anonymous", "anonymous", str(crew.bureau.pk))
        wished = (at(14), at(17))
        made = services.register(
            replace(WISH, channel=Channel.WEB, preferred=wished), actor=anybody
        )
        visit = Visit.objects.get(pk=made.visit)
        assert (visit.window_from, visit.window_until) == wished
        assert visit.promised_from is None

    def test_a_time_that_has_passed_is_not_planned_for(
        self, crew: Crew, standing_clock: FixedClock
    ) -> None:
        made = register(crew, longitude=None, latitude=None, preferred=(at(14), at(17)))
        standing_clock.advance(timedelta(days=1))
        services.accept(made.pk, made.version, actor=crew.desk, place=services.Place(*PLACE))
        assert Visit.objects.get(subject=made.pk).window_from == standing_clock.now()

    def test_only_who_is_on_the_public_roster_may_be_chosen_there(self, crew: Crew) -> None:
        anybody = Actor("anonymous", "anonymous", str(crew.bureau.pk))
        wish = replace(WISH, channel=Channel.WEB, wanted_staff=crew.liu.pk)
        with pytest.raises(DelegationInvalid) as refused:
            services.register(wish, actor=anybody)
        assert refused.value.fields["errors"] == {"wanted_staff": WHO_IS_NOT_KNOWN}
        people.set_profile(crew.liu, NewProfile("", PLACE, "", is_public=True), actor=crew.desk)
        assert services.register(wish, actor=anybody).wanted_staff_id == crew.liu.pk

    def test_one_phone_may_ask_five_times_a_day(self, crew: Crew) -> None:
        anybody = Actor("anonymous", "anonymous", str(crew.bureau.pk))
        wish = replace(WISH, channel=Channel.WEB, not_duplicate=True)
        for _ in range(rules.INTAKE_PER_PHONE):
            services.register(wish, actor=anybody)
        with pytest.raises(IntakeThrottled):
            services.register(wish, actor=anybody)

    def test_one_address_is_heard_sixty_times_an_hour(
        self, crew: Crew, standing_clock: FixedClock
    ) -> None:
        for _ in range(rules.INTAKE_PER_ADDRESS):
            services.count_attempt("10.0.0.1")
        with pytest.raises(IntakeThrottled):
            services.count_attempt("10.0.0.1")
        services.count_attempt("10.0.0.2")
        standing_clock.advance(rules.INTAKE_ADDRESS_WINDOW)
        services.count_attempt("10.0.0.1")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13805331234", "13805331234"),
        ("+86 138-0533-1234", "13805331234"),
        ("8613805331234", "13805331234"),
        ("１３８０５３３１２３４", "13805331234"),
        ("(0533) 619-0000", "05336190000"),
        ("400 123 4567", "4001234567"),
        ("12345", "12345"),
        ("12", ""),
        ("李申请", ""),
        ("23805331234", ""),
    ],
)
def test_phones_are_read_however_they_are_written(text: str, number: str) -> None:
    assert rules.normal_phone(text) == number
