"""A small sealed dossier as an inspection leaves it, made at service level in a blink."""

import json
import random
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.db import transaction

from fieldsvc.kernel import blobs, hashing, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import authority, gateways, services
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.services import Circumstances
from inspections.evidence.states import EvidenceKind, Grade, Purpose
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


def play(number: str = "YKY-2026-000001", *, parts: int = 3, size: int = 4000) -> Dossier:
    """Challenge, photos, recording of `parts` segments of `size` bytes, findings, record, three
    signatures, seal, stamps."""
    dossier = services.open_dossier(f"云勘验 {number}", scope="bureau-1", actor=WANG)
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
    _sign(dossier, _freeze(dossier))
    services.seal(dossier.pk)
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
    }
    kind, purpose = kinds[media_type]
    blob = blobs.store().put(data, media_type=media_type)
    return services.admit_own(dossier, blob, kind, Circumstances(purpose, segment=segment))


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
    paper = own(dossier, b"%PDF-1.7 record of " + dossier.stream.encode(), "application/pdf", "f")
    tell(dossier, "record.frozen", {"sha256": paper.sha256})
    return paper


def _sign(dossier: Dossier, paper: EvidenceItem) -> None:
    for signer, actor in (("APPLICANT", APPLICANT), ("INSPECTOR", WANG), ("INSPECTOR", CHEN)):
        signature = f"signature-{actor.id}"
        asked: dict[str, JSONValue] = {
            "signature": signature,
            "signer": signer,
            "signer_id": actor.id,
            "document_sha256": paper.sha256,
        }
        tell(dossier, "signature.requested", asked)
        drawn = own(
            dossier, f"<svg>{actor.id}{dossier.id}</svg>".encode(), "image/svg+xml", actor.id
        )
        tell(dossier, "signature.completed", {**asked, "picture_sha256": drawn.sha256})
    issued = own(dossier, b"%PDF-1.7 issued " + dossier.stream.encode(), "application/pdf", "i")
    data: dict[str, JSONValue] = {"frozen_sha256": paper.sha256, "signed_sha256": issued.sha256}
    tell(dossier, "record.issued", data)
