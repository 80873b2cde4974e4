from inspections.ledger.models.lines import LedgerLine
from inspections.ledger.models.meeting import Decision, Obstacle, WeeklyReport

__all__ = ["Decision", "LedgerLine", "Obstacle", "WeeklyReport"]
