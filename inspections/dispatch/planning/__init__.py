"""The planner: who goes to which door when. Pure Python; the optimiser runs in a child process."""

from inspections.dispatch.planning.checking import check
from inspections.dispatch.planning.comparing import compare
from inspections.dispatch.planning.explaining import reasons
from inspections.dispatch.planning.insertion import insertions
from inspections.dispatch.planning.moves import check_move
from inspections.dispatch.planning.openings import openings, standing_walk
from inspections.dispatch.planning.solving import solve
from inspections.dispatch.planning.wording import offer

__all__ = [
    "check",
    "check_move",
    "compare",
    "insertions",
    "offer",
    "openings",
    "reasons",
    "solve",
    "standing_walk",
]
