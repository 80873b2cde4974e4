"""When a dossier is disposed of, whom to call leaves the books as well."""

from datetime import datetime, time, timedelta

from fieldsvc.kernel import chain, clock, journal, outbox
from fieldsvc.kernel.journal import Actor
from inspections.delegation.models import Delegation
from inspections.evidence import selectors, services
from inspections.evidence.models import Dossier
from inspections.inspection.rules import BEIJING
from signaling.models import Member
from tests.inspections.cast import Cast
from tests.inspections.delegation.scene import register
from tests.inspections.dispatch.scene import crew
from tests.inspections.inspection.scene import Scene


def dispose(dossier: Dossier, scene: Scene) -> None:
    """Seal it, wait for its term to end, and let two persons end it."""
    services.seal(dossier.pk)
    dossier.refresh_from_db()
    until = selectors.kept_until(dossier)
    assert until is not None
    after = datetime.combine(until + timedelta(days=1), time(12), BEIJING)
    scene.clock.advance(after - clock.now())
    for role, verb in (("HEAD", services.propose_disposal), ("ADMINISTRATOR", None)):
        actor = Actor("staff", role, dossier.scope, frozenset({role}))
        if verb is not None:
            verb(dossier.pk, "期限届满", actor=actor)
        else:
            services.confirm_disposal(dossier.pk, actor=actor)
    outbox.drain()


def told(dossier: Dossier) -> list[str]:
    return [entry.kind for entry in selectors.custody_entries(dossier)]


def test_the_contact_of_a_case_goes_with_its_last_dossier(scene: Scene) -> None:
    inspection = scene.book()
    received = journal.entries(scene.case.stream).get(kind="case.received")
    assert journal.reveal(received, "contact_phone") == scene.case.contact_phone
    dispose(inspection.dossier, scene)
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
    dispose(delegation.dossier, scene)
    found = Delegation.objects.get(pk=delegation.pk)
    assert (found.contact_name, found.phone, found.phone_digest) == ("", "", "")
    assert "dossier.contact_erased" in told(delegation.dossier)
    assert chain.verify(delegation.stream).ok
