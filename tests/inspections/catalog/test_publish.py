import json
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from inspections.catalog import selectors
from inspections.catalog.errors import PublishedDiffers, TemplateUnknown
from inspections.catalog.models import ChecklistTemplate, ConsentText
from inspections.catalog.services import DATA, publish_templates
from inspections.catalog.states import Level, Proof, Remote

pytestmark = pytest.mark.django_db


class TestTheTemplatesThatComeWithTheProduct:
    def test_a_fresh_database_has_them(self) -> None:
        catering = selectors.current_template("CY")
        lodging = selectors.current_template("ZS")
        assert (len(catering.items), len(lodging.items)) == (16, 14)
        assert catering.version == "2026.1"

    def test_an_item_says_what_it_asks(self) -> None:
        item = selectors.current_template("CY").item("CY07")
        assert item.level is Level.MAJOR
        assert item.evidence == (Proof.VIDEO,)
        assert not item.may_be_absent
        assert selectors.current_template("ZS").item("ZS10").remote is Remote.NO

    def test_local_figures_are_marked(self) -> None:
        marked = {i.code for i in selectors.current_template("CY").items if i.to_confirm_locally}
        assert marked == {"CY06", "CY08", "CY12", "CY13", "CY14"}

    def test_an_unknown_service_item_is_refused(self) -> None:
        with pytest.raises(TemplateUnknown):
            selectors.current_template("QQ")

    def test_publishing_again_changes_nothing(self) -> None:
        assert publish_templates() == []

    def test_the_consent_says_that_refusing_costs_nothing(self) -> None:
        consent = selectors.current_consent()
        assert "不延长法定办理时限" in consent.text
        assert "可以不同意" in consent.location_text
        assert "未成年人" in consent.text


class TestAPublishedVersion:
    def test_a_changed_file_under_the_same_version_is_refused(self, tmp_path: Path) -> None:
        body = json.loads((DATA / "CY-2026.1.json").read_text(encoding="utf-8"))
        body["items"][0]["criterion"] = "别的标准"
        (tmp_path / "CY-2026.1.json").write_text(json.dumps(body), encoding="utf-8")
        with pytest.raises(PublishedDiffers):
            publish_templates(tmp_path)

    def test_a_new_version_takes_over_and_the_old_one_stays(self, tmp_path: Path) -> None:
        body = json.loads((DATA / "CY-2026.1.json").read_text(encoding="utf-8"))
        body["version"], body["effective_from"] = "2026.2", "2026-02-01"
        (tmp_path / "CY-2026.2.json").write_text(json.dumps(body), encoding="utf-8")
        assert publish_templates(tmp_path) == ["CY-2026.2"]
        assert selectors.current_template("CY").version == "2026.2"
        assert selectors.get_template("CY", "2026.1").version == "2026.1"

    @pytest.mark.parametrize("model", [ChecklistTemplate, ConsentText])
    def test_the_database_refuses_to_change_or_delete_it(
        self, model: type[ChecklistTemplate] | type[ConsentText]
    ) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(sha256="0")
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
