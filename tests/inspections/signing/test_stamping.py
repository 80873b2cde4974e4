"""An authority that is away or slow keeps no signer waiting; its time is asked for afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from asn1crypto import cms as asn1
from cryptography import x509

from fieldsvc.kernel import blobs, hashing, journal
from fieldsvc.kernel.clock import FixedClock
from inspections.evidence import services as evidence
from inspections.evidence.gateways import AtOnce, LocalAuthority
from inspections.evidence.models import Dossier
from inspections.evidence.selectors import papers_stream
from inspections.evidence.services import Stamp, stamps_come_from
from inspections.evidence.states import TokenState
from inspections.signing import cms, selectors, services
from inspections.signing.models import SignatureRequest, SignatureStamp
from tests.inspections.signing.hand import Phone, asked

pytestmark = pytest.mark.django_db


class Authority:
    """The local one behind a switch; counts how often it is asked."""

    def __init__(self) -> None:
        self.answers = True
        self.asked = 0
        self._own = AtOnce({"local": LocalAuthority()})

    def stamp(self, digest: bytes) -> Stamp | None:
        self.asked += 1
        return self._own.stamp(digest) if self.answers else None

    def roots(self) -> list[x509.Certificate]:
        return self._own.roots()


@pytest.fixture
def authority() -> Iterator[Authority]:
    before, one = evidence.stamper(), Authority()
    stamps_come_from(one)
    yield one
    stamps_come_from(before)


def stamp_of(request: SignatureRequest) -> SignatureStamp:
    found = selectors.stamp_of(request)
    assert found is not None
    return found


def test_nobody_is_asked_while_somebody_signs(
    authority: Authority, standing_clock: FixedClock
) -> None:
    authority.answers = False
    signed = Phone(asked()[0]).play()
    assert authority.asked == 0
    assert stamp_of(signed).state == TokenState.PENDING.value
    assert services.stamp_due() == 0 and authority.asked == 1
    assert services.stamp_due() == 0 and authority.asked == 1, "it is left alone for a while"
    authority.answers = True
    standing_clock.advance(timedelta(minutes=1))
    assert services.stamp_due() == 1
    stamp = stamp_of(signed)
    assert stamp.state == TokenState.STAMPED.value and stamp.copy is not None
    assert signed.message is not None and stamp.copy.segment == f"{signed.pk}/cms-t"
    with blobs.store().open(stamp.copy.blob_key) as copy:
        with_time = copy.read()
    with blobs.store().open(signed.message.blob_key) as first:
        value = cms.signature_in(first.read())
    assert cms.signature_in(with_time) == value
    signer = asn1.ContentInfo.load(with_time)["content"]["signer_infos"][0]
    token = signer["unsigned_attrs"][0]["values"][0]
    told = token["content"]["encap_content_info"]["content"].parsed
    assert told["message_imprint"]["hashed_message"].native == sha256(value).digest()
    assert services.stamp_due() == 0 and authority.asked == 2


def test_a_sealed_dossier_takes_no_copy_and_the_token_is_kept(
    authority: Authority, standing_clock: FixedClock
) -> None:
    authority.answers = False
    signed = Phone(asked()[0]).play()
    services.stamp_due()
    evidence.seal(signed.dossier_id)
    authority.answers = True
    standing_clock.advance(timedelta(minutes=1))
    assert services.stamp_due() == 1
    stamp = stamp_of(signed)
    assert stamp.state == TokenState.STAMPED.value and stamp.token and stamp.copy is None
    assert Dossier.objects.get(pk=signed.dossier_id).items.count() == 3
    (told,) = journal.entries(papers_stream(signed.dossier)).filter(kind="signature.stamped")
    kept = hashing.sha256_hex(bytes(stamp.token))
    assert (told.data["signature"], told.data["sha256"]) == (str(signed.pk), kept)


def test_after_a_week_it_is_given_up_and_said(
    authority: Authority, standing_clock: FixedClock
) -> None:
    authority.answers = False
    signed = Phone(asked()[0]).play()
    standing_clock.advance(timedelta(days=7, minutes=1))
    assert services.stamp_due() == 0
    assert stamp_of(signed).state == TokenState.FAILED.value


def test_a_signature_by_hand_alone_has_nothing_to_stamp(
    authority: Authority, standing_clock: FixedClock
) -> None:
    del authority, standing_clock
    assert selectors.stamp_of(asked()[0]) is None
