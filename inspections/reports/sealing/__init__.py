"""The bureau's seal on a paper: making it, and judging one."""

from inspections.reports.sealing.judging import Verdict, verdict
from inspections.reports.sealing.making import FIELD, Sealed, seal

__all__ = ["FIELD", "Sealed", "Verdict", "seal", "verdict"]
