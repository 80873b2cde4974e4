"""A signer's phone, played: reads, takes the code, makes a key as WebCrypto would, signs."""

import hashlib
import random
from dataclasses import dataclass, field

from fieldsvc.kernel.journal import SYSTEM, Actor
from inspections.evidence.services import open_dossier
from inspections.signing import selectors, services
from inspections.signing.models import Identification, SignatureRequest
from inspections.signing.rules import Drawing, Point
from inspections.signing.services import Act, Asked, Claim, Reading, Signer
from inspections.signing.states import Assurance, SignerKind
from tests.support.keys import DeviceKey

PDF = b"%PDF-1.7 the frozen record"
SIGNERS = [
    Signer(SignerKind.APPLICANT, "case-1", "李申请", phone_hint="138****1234"),
    Signer(SignerKind.INSPECTOR, "wang-1", "王勘验"),
    Signer(SignerKind.INSPECTOR, "chen-1", "陈勘验"),
]


def drawing(seed: int = 1, strokes: int = 3, points: int = 20) -> Drawing:
    """A scribble that no other seed gives."""
    chance = random.Random(seed)
    at = 0.0
    drawn = []
    for number in range(strokes):
        line = []
        for step in range(points):
            at += chance.uniform(8, 20)
            x = 40 + number * 120 + step * 4 + chance.uniform(0, 3)
            y = 60 + (step % 7) * 9 + chance.uniform(0, 3)
            line.append(Point(round(x, 1), round(y, 1), round(at, 1), 0.6))
        drawn.append(tuple(line))
    return Drawing(tuple(drawn), 600, 240)


def asked(document: bytes = PDF) -> list[SignatureRequest]:
    """An applicant and two inspectors, asked for a certified signature in a new dossier."""
    dossier = open_dossier("云勘验", scope="bureau-1", actor=SYSTEM)
    how = Asked("KY-1", pages=3, assurance=Assurance.CERTIFIED)
    sha256 = hashlib.sha256(document).hexdigest()
    return services.request_signatures(dossier, sha256, SIGNERS, how)


@dataclass
class Phone:
    """`has_key` is False in a browser without WebCrypto."""

    request: SignatureRequest
    seed: int = 1
    has_key: bool = True
    key: DeviceKey = field(default_factory=DeviceKey)
    codes: list[str] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        kind = "applicant" if self.request.signer == SignerKind.APPLICANT.value else "staff"
        return Actor(kind, self.request.signer_id, self.request.dossier.scope)

    def read(self, *pages: int) -> None:
        shown = pages or range(1, self.request.pages + 1)
        reading = Reading(dict.fromkeys(shown, 1500), large_type=True)
        services.note_read(self.request, reading, actor=self.actor)

    def code(self) -> str:
        """Ask for a code and look at the message."""
        code = selectors.digits_of(services.send_code(self.request, actor=self.actor))
        self.codes.append(code)
        return code

    def claim(self, code: str = "") -> Claim:
        consent = selectors.consent_for(SignerKind(self.request.signer))
        asked = self.key.request(str(self.request.pk)) if self.has_key else None
        return Claim(consent.sha256, code, asked)

    def identify(self, code: str = "") -> Identification:
        return services.identify(self.request, self.claim(code), actor=self.actor)

    def sign(self, found: Identification) -> bytes | None:
        """r‖s over the attributes."""
        return self.key.sign(bytes(found.attributes)) if self.has_key else None

    def act(self, signature: bytes | None) -> Act:
        shown = drawing(self.seed)
        return Act(
            self.request.document_sha256, shown, will=True, device="phone", signature=signature
        )

    def complete(self, signature: bytes | None) -> SignatureRequest:
        fresh = SignatureRequest.objects.select_related("dossier").get(pk=self.request.pk)
        return services.complete(fresh, self.act(signature), actor=self.actor)

    def play(self) -> SignatureRequest:
        """From the first page to the signature; by hand alone where that is all that is asked."""
        if not selectors.is_certified(self.request):
            return self.complete(None)
        code = ""
        if selectors.needs_code(self.request):
            self.read()
            code = self.code()
        return self.complete(self.sign(self.identify(code)))
