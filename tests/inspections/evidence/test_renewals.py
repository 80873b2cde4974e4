"""A timestamp outlives its certificate under a later one, and who has no later one is told."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inspections.evidence import gateways, selectors, services, tasks
from inspections.evidence.export import export_dossier
from inspections.evidence.models import Dossier
from inspections.evidence.verifier import verdict
from tests.inspections.evidence import bags, small_dossier

RENEWALS = "data/anchors/renewals.json"


@pytest.mark.django_db
def test_ending_timestamps_go_under_one_of_a_longer_term(
    caplog: pytest.LogCaptureFixture,
) -> None:
    dossier = small_dossier.play()
    small_dossier.stamps_end_soon()
    ending = selectors.unrenewed()
    assert ending and services.renew() == services.Renewed(0, ending, able=False)
    tasks.renew_timestamps()
    assert "timestamps end soon" in caplog.text
    with pytest.raises(CommandError, match="机构自己的证书"):
        call_command("renew_timestamps", stdout=StringIO())
    # The authority has a new certificate: the next stamp is good for longer.
    _move_on(dossier)
    call_command("renew_timestamps", stdout=StringIO())
    assert selectors.unrenewed() == 0 and services.renew().taken == 0


@pytest.mark.django_db
def test_a_package_carries_the_renewal_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    dossier = small_dossier.play()
    small_dossier.stamps_end_soon()
    _move_on(dossier)
    services.renew()
    gateways.stamp_due()
    export_dossier(dossier, tmp_path / "package")
    roots = [Path(one) for one in small_dossier.roots().words if one != "--root"]
    given = verdict.read_roots(roots, tmp_path / "package")
    clean = verdict.verify(tmp_path / "package", given)
    assert clean.grade == 4 and clean.facts["renewed_at"]
    files = bags.read(tmp_path / "package")
    wrong = files[RENEWALS].replace(b'"index": ', b'"index": 1')
    bags.write(bags.refresh({**files, RENEWALS: wrong}), tmp_path / "wrong")
    found = verdict.verify(tmp_path / "wrong", given).findings
    assert ("renewal_wrong", RENEWALS) in [(one["code"], one["item"]) for one in found]


def _move_on(dossier: Dossier) -> None:
    """Another dossier moves, so that a new checkpoint is stamped."""
    services.open_dossier("另一件", scope=dossier.scope, actor=small_dossier.WANG)
    services.anchor("beat")
    gateways.stamp_due()
