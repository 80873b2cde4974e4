"""When a dossier is disposed of, whom to call leaves the books as well."""

from fieldsvc.kernel import chain, journal
from inspections.delegation.models import Delegation
from inspections.evidence import selectors
from inspections.evidence.models import Dossier
from signaling.models import Member
from tests.inspections.cast import Cast
from tests.inspections.delegation.scene import register
from tests.inspections.dispatch.scene import crew
from tests.inspections.inspection.scene import Scene


def told(dossier: Dossier) -> list[str]:
    return [entry.kind for entry in selectors.custody_entries(dossier)]


def test_the_contact_of_a_case_goes_with_its_last_dossier(scene: Scene) -> None:
    inspection = scene.book()
    received = journal.entries(scene.case.stream).get(kind="case.received")
    assert journal.reveal(received, "contact_phone") == scene.case.contact_phone
    scene.dispose(inspection.dossier)
    scene.case.refresh_from_db()
    assert (scene.case.contact_name, scene.case.contact_phone) == ("", "")
    guests = Member.objects.filter(room=inspection.room, role="GUEST")
    assert guests and not guests.exclude(name="").exists()
    assert journal.reveal(received, "contact_phone") is None
    assert chain.verify(scene.case.stream).ok
    assert told(inspection.dossier) == [
        *("disposal.proposed", "dossier.disposed", "dossier.contact_erased"),
    ]


def test_the_contact_of_a_delegation_goes_with_its_dossier(scene: Scene, cast: Cast) -> None:
    delegation = register(crew(cast))
    scene.dispose(delegation.dossier)
    found = Delegation.objects.get(pk=delegation.pk)
    assert (found.contact_name, found.phone, found.phone_digest) == ("", "", "")
    assert "dossier.contact_erased" in told(delegation.dossier)
    assert chain.verify(delegation.stream).ok
