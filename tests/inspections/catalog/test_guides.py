"""The guides and bundles that come with the product."""

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from inspections.catalog import selectors
from inspections.catalog.errors import BundleUnknown, GuideUnknown, PublishedDiffers
from inspections.catalog.models import ItemGuide
from inspections.catalog.rules import ASSIST, Material, merge_materials
from inspections.catalog.services import publish_guides
from inspections.catalog.services.guides import GUIDES
from inspections.catalog.states import ExemptBy, PersonType
from inspections.people.states import Skill

pytestmark = pytest.mark.django_db


class TestTheGuidesThatComeWithTheProduct:
    def test_a_fresh_database_has_them(self) -> None:
        titles = {one.code: one.title for one in selectors.guides()}
        assert set(titles) == {
            *("GTSH", "CY", "QYKB", "SBK", "BDC", "YLRZ", "CJRZ", "ZS", "ZP"),
        }
        assert titles["QYKB"] == "企业开办"

    def test_opening_a_firm_takes_two_hours_with_slack_for_tax_and_social_insurance(self) -> None:
        guide = selectors.current_guide("QYKB")
        assert guide.path.finish == 120
        assert guide.path.slack == {"LICENCE_SEAL": 0, "TAX": 60, "SOCIAL": 60, "BANK": 0}
        assert guide.skills == {Skill.ENTERPRISE, Skill.TAX}
        assert guide.person_type is PersonType.FIRM

    def test_each_says_what_it_stands_on_and_never_signs_for_the_applicant(self) -> None:
        for guide in selectors.guides():
            assert "《" in guide.basis, guide.code
            assert guide.conditions and guide.materials and guide.steps
            assert 10 <= guide.visit_minutes <= 120
            assert guide.promised_days <= guide.statutory_days
            assert not any("承诺" in one.title for one in guide.mandate_actions)

    def test_a_guide_goes_back_to_the_file_it_came_from(self) -> None:
        body = json.loads((GUIDES / "BDC-2026.1.json").read_text(encoding="utf-8"))
        assert selectors.current_guide("BDC").to_data() == body

    def test_publishing_again_changes_nothing(self) -> None:
        assert publish_guides() == []

    def test_an_unknown_code_is_refused(self) -> None:
        with pytest.raises(GuideUnknown):
            selectors.current_guide("QQ")
        with pytest.raises(BundleUnknown):
            selectors.bundle("QQ")


class TestAPublishedGuide:
    def body(self) -> dict[str, object]:
        return dict(json.loads((GUIDES / "ZP-2026.1.json").read_text(encoding="utf-8")))

    def publish(self, folder: Path, body: dict[str, object]) -> list[str]:
        (folder / "ZP-2026.2.json").write_text(json.dumps(body), encoding="utf-8")
        return publish_guides(folder)

    def test_is_followed_by_a_newer_version_and_stays(self, tmp_path: Path) -> None:
        new = {**self.body(), "version": "2026.2", "promised_days": 1}
        assert self.publish(tmp_path, new) == ["ZP-2026.2"]
        assert selectors.current_guide("ZP").promised_days == 1
        assert selectors.get_guide("ZP", "2026.1").promised_days == 2

    def test_refuses_another_text_under_the_same_version(self, tmp_path: Path) -> None:
        with pytest.raises(PublishedDiffers):
            self.publish(tmp_path, {**self.body(), "promised_days": 1})

    @pytest.mark.parametrize(
        "step",
        [
            {"code": "A", "title": "甲", "minutes": 5, "after": ["A"], "action": ASSIST},
            {"code": "A", "title": "甲", "minutes": 5, "after": [], "action": "SIGN_PROMISE"},
        ],
    )
    def test_refuses_circles_and_steps_no_mandate_covers(
        self, tmp_path: Path, step: dict[str, object]
    ) -> None:
        with pytest.raises(ValueError, match=r"circle|mandate"):
            self.publish(tmp_path, {**self.body(), "version": "2026.2", "steps": [step]})

    def test_the_database_refuses_to_change_it(self) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            ItemGuide.objects.update(sha256="0")


class TestOneSetOfMaterials:
    def test_opening_a_restaurant_asks_for_nine_papers_instead_of_fifteen(self) -> None:
        bundle = selectors.bundle("KBCYD")
        apart = sum(len(selectors.current_guide(code).materials) for code in bundle.items)
        merged = selectors.merged_materials(bundle.items)
        assert (apart, len(merged)) == (15, 9)
        assert len({one.code for one in merged}) == 9

    def test_an_item_named_twice_counts_once(self) -> None:
        assert selectors.merged_materials(["ZP", "ZP"]) == selectors.merged_materials(["ZP"])

    def test_the_stricter_demand_holds(self) -> None:
        one = Material("A", "甲", 1, original=False, exempt_by=ExemptBy.E_LICENCE)
        other = Material("A", "甲", 3, original=True)
        assert merge_materials([one, other]) == [Material("A", "甲", 3, original=True)]
        assert merge_materials([one, one]) == [one]


class TestOverHttp:
    def test_anybody_reads_the_list_the_guide_and_the_bundles(self, client: Client) -> None:
        items = client.get("/api/catalog/guides").json()["items"]
        assert {"instant", "promised_days", "visit_minutes", "skills"} <= set(items[0])
        guide = client.get("/api/catalog/guides/QYKB").json()
        assert guide["finish_minutes"] == 120
        assert [one["slack"] for one in guide["steps"]] == [0, 60, 60, 0]
        assert guide["skills"][0] == {"code": "ENTERPRISE", "label": "企业开办"}
        bundle = next(
            one
            for one in client.get("/api/catalog/bundles").json()["items"]
            if one["code"] == "KBCYD"
        )
        assert (bundle["materials_before"], len(bundle["materials"])) == (15, 9)

    def test_an_unknown_guide_is_not_found(self, client: Client) -> None:
        answer = client.get("/api/catalog/guides/QQ")
        assert (answer.status_code, answer.json()["code"]) == (404, "guide_unknown")
