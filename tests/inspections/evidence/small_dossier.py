"""A small sealed dossier as an inspection leaves it, made at service level in a blink."""

import base64
import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import typst
from django.db import transaction
from django.db.models import F

from fieldsvc.kernel import blobs, clock, hashing, journal
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import authority, certificates, gateways, selectors, services
from inspections.evidence.authority import Usage
from inspections.evidence.models import Dossier, EvidenceItem, TimestampToken
from inspections.evidence.services import Circumstances
from inspections.evidence.states import EvidenceKind, Grade, Purpose
from inspections.reports import sealing
from inspections.reports.gateways import LocalSm2Seal
from inspections.reports.states import InspectionPaperKind
from inspections.signing import cms
from tests.inspections.pictures import picture_bytes

APPLICANT = Actor("applicant", "case-1", "bureau-1")
WANG = Actor("staff", "wang", "bureau-1")
CHEN = Actor("staff", "chen", "bureau-1")


@dataclass(frozen=True)
class Roots:
    """The root certificates as a third party got them: from somewhere else."""

    bureau: Path
    time: Path

    @property
    def words(self) -> list[str]:
        return ["--root", str(self.bureau), "--root", str(self.time)]


def roots() -> Roots:
    return Roots(authority.root_file(), gateways.LocalAuthority().root_file())


@dataclass(frozen=True)
class Forgery:
    """What an operator who owns the journal, but not the keys, may lie about.

    `document`: the digest that was signed instead of the record's; `usage`: of the signers'
    certificates; `seal`: the file handed out, of what was set in type and of what was sealed.
    """

    document: str = ""
    usage: Usage = Usage.SIGNER
    seal: Callable[[bytes, bytes], bytes] = lambda _, sealed: sealed


def play(
    number: str = "YKY-2026-000001",
    *,
    parts: int = 3,
    size: int = 4000,
    forge: Forgery | None = None,
) -> Dossier:
    """Challenge, photos, recording of `parts` segments of `size` bytes, findings, record, two
    papers, three signatures, seals, stamps."""
    dossier = services.open_dossier(f"云勘验 {number}", scope="bureau-1", actor=WANG)
    services.anchor("beat")
    gateways.stamp_due()
    challenge = services.show_challenge(dossier, actor=WANG)
    services.note_spoken(dossier, challenge.checkpoint, actor=WANG)
    for shade, item in enumerate(("CY01", "CY02", "CY03"), start=100):
        how = Circumstances(
            Purpose.STILL, item=item, grade=Grade.LIVE_CAMERA, longitude=117.85, latitude=36.8
        )
        data = picture_bytes(shade=shade)
        digest = hashing.sha256_hex(data)
        photo = services.admit(dossier, BytesIO(data), digest, how, actor=APPLICANT)
        _judge(dossier, item, photo)
    chance = random.Random(number)
    for part in range(1, parts + 1):
        own(dossier, chance.randbytes(size), "video/webm", f"source:{part}")
    _put_sealed(dossier, InspectionPaperKind.CHECK_SHEET)
    _sign(dossier, _freeze(dossier), forge or Forgery())
    services.seal(dossier.pk)
    late_stamp(dossier, "signature-case-1")
    services.anchor("seal")
    gateways.stamp_due()
    return Dossier.objects.get(pk=dossier.pk)


def own(dossier: Dossier, data: bytes, media_type: str, segment: str) -> EvidenceItem:
    """Admit bytes of the system's own making; what they are follows from their media type."""
    kinds = {
        "video/webm": (EvidenceKind.SEGMENT, Purpose.RECORDING),
        "application/pdf": (EvidenceKind.DOCUMENT, Purpose.RECORD),
        "application/json": (EvidenceKind.DOCUMENT, Purpose.RECORD),
        "image/svg+xml": (EvidenceKind.SIGNATURE, Purpose.SIGNATURE),
        sealing.MEDIA_TYPE: (EvidenceKind.SIGNATURE, Purpose.RECORD),
        cms.MEDIA_TYPE: (EvidenceKind.SIGNATURE, Purpose.SIGNATURE),
    }
    kind, purpose = kinds[media_type]
    blob = blobs.store().put(data, media_type=media_type)
    return services.admit_own(dossier, blob, kind, Circumstances(purpose, segment=segment))


def put_paper(
    dossier: Dossier, kind: InspectionPaperKind, pdf: bytes, seal: dict[str, JSONValue]
) -> tuple[Blob, Blob]:
    """A paper beside the record as it is issued; returns the file and the content of it."""
    store, serial = blobs.store(), f"{dossier.label.partition(' ')[2]}-{kind.code}1"
    content = store.put(json.dumps({"serial": serial}).encode(), media_type="application/json")
    kept = store.put(pdf, media_type="application/pdf")
    told: dict[str, JSONValue] = {
        "paper": serial,
        "kind": kind.value,
        "serial": serial,
        "content_sha256": content.sha256,
        "sha256": kept.sha256,
    }
    with transaction.atomic():
        stream = selectors.papers_stream(dossier)
        journal.append(stream, "inspection_paper.issued", actor=WANG, data=told | seal)
    return kept, content


def dispose_of_a_segment(dossier: Dossier) -> None:
    """As the class of a bureau might have it that keeps all the rest: the last segment goes, by a
    certificate that a stamped checkpoint vouches for."""
    gone = selectors.segments(dossier)[-1]
    head = journal.head(dossier.stream)
    services.note_view(dossier, str(gone.pk), "original", actor=WANG)
    certificate: dict[str, JSONValue] = {
        "dossier": str(dossier.pk),
        "journal": {"stream": dossier.stream, "length": head.length, "head": head.digest},
        "removed": [{"evidence": str(gone.pk), "sha256": gone.sha256}],
    }
    with transaction.atomic():
        stream = selectors.custody_stream(dossier)
        journal.append(stream, "dossier.disposed", actor=WANG, data=certificate)
    services.remove_files(dossier)
    services.anchor("beat")
    gateways.stamp_due()


def late_stamp(dossier: Dossier, signature: str) -> None:
    """The authority was away when the signature was made, and answers after the seal."""
    item = dossier.items.get(segment=f"{signature}/cms")
    with blobs.store().open(item.blob_key) as file:
        message = file.read()
    stamp = gateways.LocalAuthority().stamp(cms.signature_in(message))
    services.keep_late_stamp(dossier, signature, item.sha256, stamp)


def stamps_end_soon() -> None:
    """As if the authority's certificate, until now, were good for a month more only."""
    TimestampToken.objects.update(good_until=F("stamped_at") + timedelta(days=30))


def tell(dossier: Dossier, kind: str, data: dict[str, JSONValue], **private: str) -> None:
    with transaction.atomic():
        journal.append(dossier.stream, kind, actor=WANG, data=data, private=private)


def _judge(dossier: Dossier, item: str, photo: EvidenceItem) -> None:
    data: dict[str, JSONValue] = {
        "item": item,
        "result": "CONFORMING",
        "evidence": [str(photo.id)],
    }
    tell(dossier, "finding.recorded", data, note=f"{item} 现场看过，符合")


def _freeze(dossier: Dossier) -> EvidenceItem:
    content = json.dumps({"number": dossier.label, "items": 3}).encode()
    own(dossier, content, "application/json", "content")
    paper = own(dossier, paper_bytes(dossier.label), "application/pdf", "f")
    tell(dossier, "record.frozen", {"sha256": paper.sha256})
    return paper


def paper_bytes(words: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "record.typ"
        source.write_text(f"= record\n{words}", encoding="utf-8")
        made = typst.compile(source, format="pdf", pdf_standards=["a-3b"], timestamp=0)
    return bytes(made)


def _sign(dossier: Dossier, paper: EvidenceItem, forge: Forgery) -> None:
    """The applicant and 王勘验 with keys of their own, 陈勘验 by hand alone."""
    for signer, actor in (("APPLICANT", APPLICANT), ("INSPECTOR", WANG), ("INSPECTOR", CHEN)):
        signature = f"signature-{actor.id}"
        asked: dict[str, JSONValue] = {
            "signature": signature,
            "signer": signer,
            "signer_id": actor.id,
            "document_sha256": paper.sha256,
            "assurance": "HANDWRITTEN" if actor is CHEN else "CERTIFIED",
        }
        tell(dossier, "signature.requested", asked)
        drawn = own(
            dossier, f"<svg>{actor.id}{dossier.id}</svg>".encode(), "image/svg+xml", actor.id
        )
        answer: dict[str, JSONValue] = {**asked, "picture_sha256": drawn.sha256}
        if actor is not CHEN:
            signed = forge.document or paper.sha256
            answer |= _certified(dossier, signature, signed, forge.usage)
            answer["key"] = "device" if actor is APPLICANT else "server"
        tell(dossier, "signature.completed", answer)
    _issue(dossier, paper, forge)


def _certified(
    dossier: Dossier, signature: str, document: str, usage: Usage
) -> dict[str, JSONValue]:
    key, until = certificates.new_key(), clock.now() + timedelta(hours=1)
    certificate = authority.issue(key.public_key(), subject=signature, usage=usage, until=until)
    signed = cms.attributes(document, certificate, clock.now())
    message = cms.message([certificate], signed, cms.signed_by(key, signed), stamp=None)
    item = own(dossier, message, cms.MEDIA_TYPE, f"{signature}/cms")
    return {"cms_sha256": item.sha256, "certificate_sha256": cms.fingerprint(certificate)}


def _issue(dossier: Dossier, paper: EvidenceItem, forge: Forgery) -> None:
    rendered, sealed, seal = _sealed(f"{dossier.label} issued")
    issued = own(dossier, forge.seal(rendered, sealed), "application/pdf", "i")
    mark = _mark(dossier, forge.seal(rendered, sealed))
    tell(dossier, "record.sealed", seal | mark | {"sha256": issued.sha256})
    papers = journal.head(selectors.papers_stream(dossier))
    data: dict[str, JSONValue] = {
        "frozen_sha256": paper.sha256,
        "signed_sha256": issued.sha256,
        "papers": {"length": papers.length, "head": papers.digest},
    }
    tell(dossier, "record.issued", data)
    _put_sealed(dossier, InspectionPaperKind.SIGNING_TRAIL)


def _mark(dossier: Dossier, pdf: bytes) -> dict[str, JSONValue]:
    """The mark of the official seal beside the record, and what the journal is told of it."""
    made = LocalSm2Seal().seal(pdf)
    item = own(dossier, made.signature, sealing.MEDIA_TYPE, "official")
    return {
        "official_sha256": item.sha256,
        "official_certificate": base64.b64encode(made.certificate).decode(),
        "official_certificate_sha256": hashing.sha256_hex(made.certificate),
    }


def _put_sealed(dossier: Dossier, kind: InspectionPaperKind) -> None:
    _, sealed, seal = _sealed(f"{dossier.label} {kind.value}")
    put_paper(dossier, kind, sealed, seal)


def _sealed(words: str) -> tuple[bytes, bytes, dict[str, JSONValue]]:
    """What was set in type, the same sealed, and what the journal is told of the seal."""
    rendered = paper_bytes(words)
    sealed = sealing.seal(rendered, at=clock.now())
    return (
        rendered,
        sealed.pdf,
        {
            "sha256": hashing.sha256_hex(sealed.pdf),
            "certificate_sha256": sealed.certificate_sha256,
            "level": sealed.level.value,
            "rendered_sha256": hashing.sha256_hex(rendered),
            "rendered_size": len(rendered),
        },
    )
