"""The bureau's seal on a paper: making it, and judging one."""

from inspections.reports.sealing.judging import Verdict, verdict
from inspections.reports.sealing.making import FIELD, Sealed, seal
from inspections.reports.sealing.official import MEDIA_TYPE, OfficialMark, OfficialSeal

__all__ = [
    "FIELD",
    "MEDIA_TYPE",
    "OfficialMark",
    "OfficialSeal",
    "Sealed",
    "Verdict",
    "seal",
    "verdict",
]
