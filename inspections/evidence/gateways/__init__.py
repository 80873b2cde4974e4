"""The ways out of evidence: a child process that transcodes, authorities that tell the time."""

from inspections.evidence.gateways.deriving import DeriveFailed, Deriver, derive_in_child
from inspections.evidence.gateways.local import LocalAuthority
from inspections.evidence.gateways.stamping import AtOnce, authorities, stamp_due
from inspections.evidence.gateways.timestamps import (
    HttpAuthority,
    Pin,
    TimestampAuthority,
    TimestampFailed,
)

__all__ = [
    "AtOnce",
    "DeriveFailed",
    "Deriver",
    "HttpAuthority",
    "LocalAuthority",
    "Pin",
    "TimestampAuthority",
    "TimestampFailed",
    "authorities",
    "derive_in_child",
    "stamp_due",
]
