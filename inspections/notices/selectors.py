from uuid import UUID

from inspections.inspection.models import Rectification


def is_rectifying(inspection_id: UUID) -> bool:
    """Whether an inspection ended with demands: it is rated once those are settled."""
    return Rectification.objects.filter(inspection_id=inspection_id).exists()
