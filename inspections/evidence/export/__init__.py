"""What leaves this system as proof: packages that can be checked without it."""

from inspections.evidence.export.dossier import Exported, export_dossier
from inspections.evidence.export.finding import Unprovable, export_finding

__all__ = ["Exported", "Unprovable", "export_dossier", "export_finding"]
