"""Shapes of the proof of time on the wire."""

from datetime import datetime

from ninja import Schema


class SignedCheckpoint(Schema):
    """`body` as signed, `signature` (ECDSA P-256, SHA-256, DER): both base64; its certificate."""

    number: int
    at: datetime
    body: str
    signature: str
    certificate: str


class ReceiptOut(Schema):
    """What the phone holds against us: entry `number` of the chain names the file's digest."""

    sha256: str
    number: int
    stream_head: str
    at: datetime
    checkpoint: SignedCheckpoint | None


class ChallengeOut(Schema):
    """时间口令: six digits of the root of one checkpoint."""

    checkpoint: int
    code: str
    shown_at: datetime
    spoken_at: datetime | None


class TokenOut(Schema):
    """`outside` is false for this machine's own stamps: they prove no outside time."""

    authority: str
    label: str
    state: str
    state_label: str
    stamped_at: datetime | None
    outside: bool


class CheckpointOut(Schema):
    number: int
    size: int
    at: datetime
    root: str


class AnchoringOut(Schema):
    """`complete`: the dossier's last entry is under the checkpoint."""

    checkpoint: CheckpointOut | None
    complete: bool
    tokens: list[TokenOut]
    authority: str
    fingerprint: str
