"""What a result webhook says: ids, digests, codes and numbers, nothing personal."""

from uuid import UUID

from fieldsvc.kernel import clock
from fieldsvc.kernel.hashing import JSONValue, canonical
from inspections.inspection.facts import InspectionResult

MAX_BODY = 20_000  # Standard Webhooks: a thin body, under 20 kB


def body_of(result: InspectionResult, *, delivery: UUID, version: int) -> bytes:
    """The canonical JSON (RFC 8785) that is signed and sent."""
    body: dict[str, JSONValue] = {
        "type": "inspection.result",
        "id": str(delivery),
        "case_number": result.case_number,
        "inspection_number": result.inspection_number,
        "round": result.round,
        "version": version,
        "verdict": result.verdict,
        "counts": result.counts,
        # Notes stay in the record: free text does not belong into a thin message.
        "failed_items": [
            {"code": item.code, "title": item.title, "level": item.level}
            for item in result.failed_items
        ],
        "record_sha256": result.record_sha256,
        "dossier_head": result.dossier_head,
        "at": clock.iso(result.at),
    }
    if result.rectification_deadline is not None:
        body["rectification_deadline"] = clock.iso(result.rectification_deadline)
    encoded = canonical(body)
    if len(encoded) > MAX_BODY:
        raise ValueError("a result must stay under 20 kB")
    return encoded
