"""Putting timestamps whose certificates end soon under newer ones."""

from dataclasses import dataclass

from inspections.evidence import selectors
from inspections.evidence.services.anchoring import RENEWAL, anchor


@dataclass(frozen=True, slots=True)
class Renewed:
    """`taken`: timestamps that became leaves now; `open`: those that end soon with nothing over
    them yet. `able`: an authority's newest timestamp is good for longer."""

    taken: int
    open: int
    able: bool


def renew() -> Renewed:
    """Let every timestamp that ends within TSA_RENEW_DAYS become a leaf under a new checkpoint, for
    which timestamps are asked as always; a thousand at a time.

    Does nothing while the authorities' own certificates end as soon: a new one has to be had first.
    """
    able = selectors.longest_reach() > 0
    due = selectors.stamps_to_renew() if able else []
    if due:
        anchor(RENEWAL)
    return Renewed(len(due), selectors.unrenewed(), able)
