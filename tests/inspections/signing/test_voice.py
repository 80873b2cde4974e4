"""A spoken objection: heard as far as it goes, bound to the one request, and never too long."""

import hashlib
import tempfile
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from fieldsvc.kernel import journal
from fieldsvc.kernel.errors import NotAllowed
from inspections.evidence.errors import EvidenceUnknown, VoiceUnusable
from inspections.evidence.models import EvidenceItem
from inspections.evidence.states import EvidenceKind
from inspections.signing import services
from inspections.signing.errors import ObjectionsSpent
from inspections.signing.models import SignatureRequest
from inspections.signing.services import Asked, Objection
from inspections.signing.states import Assurance
from tests.inspections.pictures import clip_bytes
from tests.inspections.signing.hand import SIGNERS, Phone, asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


def voice_bytes(suffix: str = "webm", *, seconds: int = 1, hertz: int = 440) -> bytes:
    """A tone as a phone records it: Opus in WebM, AAC in MP4."""
    codec, rate, size = ("libopus", 48000, 960) if suffix == "webm" else ("aac", 44100, 1024)
    wave = (np.sin(np.arange(size) * hertz / rate * 6.28) * 8000).astype(np.float32) / 32768
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"voice.{suffix}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate)
            stream.bit_rate, stream.layout = 24_000, "mono"
            for number in range(seconds * rate // size):
                frame = av.AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
                frame.sample_rate, frame.pts = rate, number * size
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()


def add(phone: Phone, data: bytes) -> EvidenceItem:
    digest = hashlib.sha256(data).hexdigest()
    return services.add_voice(phone.request, BytesIO(data), digest, actor=phone.actor)


@pytest.mark.parametrize(("suffix", "media_type"), [("webm", "audio/webm"), ("mp4", "audio/mp4")])
def test_a_voice_alone_is_an_objection_and_stands_in_the_journal_by_its_digest(
    suffix: str, media_type: str
) -> None:
    phone = Phone(asked()[0])
    voice = add(phone, voice_bytes(suffix))
    assert (voice.kind, voice.media_type) == (EvidenceKind.VOICE.value, media_type)
    services.object_to(phone.request, Objection(voice=voice.pk), actor=phone.actor)
    told = journal.entries(voice.dossier.stream).get(kind="signature.objected").data
    assert (told["voice"], told["voice_sha256"]) == (str(voice.pk), voice.sha256)


def test_only_sound_that_can_be_heard_and_no_longer_than_three_minutes() -> None:
    phone = Phone(asked()[0])
    whole = voice_bytes()
    for bad in (b"no sound at all", clip_bytes(), whole[:200], voice_bytes(seconds=190)):
        with pytest.raises(VoiceUnusable):
            add(phone, bad)
    assert not phone.request.dossier.items.exists()


def test_nobody_speaks_for_the_applicant_or_brings_another_recording() -> None:
    applicant, wang, _ = (Phone(one) for one in asked())
    with pytest.raises(NotAllowed):
        add(wang, voice_bytes())
    earlier = add(applicant, voice_bytes())
    services.object_to(applicant.request, Objection("面积不对"), actor=applicant.actor)
    how = Asked("KY-1", pages=3, assurance=Assurance.CERTIFIED)
    dossier = applicant.request.dossier
    later = Phone(services.request_signatures(dossier, "e" * 64, SIGNERS, how)[0])
    with pytest.raises(EvidenceUnknown):
        services.object_to(later.request, Objection(voice=earlier.pk), actor=later.actor)


def test_after_five_objections_it_goes_on_in_writing() -> None:
    request = asked()[0]
    how = Asked("KY-1", pages=3, assurance=Assurance.CERTIFIED)
    for edition in range(5):
        phone = Phone(request)
        services.object_to(request, Objection("面积不对"), actor=phone.actor)
        digest = hashlib.sha256(str(edition).encode()).hexdigest()
        request = services.request_signatures(request.dossier, digest, SIGNERS, how)[0]
    with pytest.raises(ObjectionsSpent):
        services.object_to(request, Objection("面积还是不对"), actor=Phone(request).actor)
    assert Phone(SignatureRequest.objects.get(pk=request.pk)).play().state == "COMPLETED"
