"""What the planner refuses; the slice turns these into refusals of its own."""

from collections.abc import Sequence


class PlanningFault(Exception):
    """Something that keeps the planner from giving a plan."""


class MalformedDay(PlanningFault):
    """The day cannot be read: `field` names the place, as in visits[3].tw."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}:{problem}")
        self.field = field
        self.problem = problem


class PromiseBroken(PlanningFault):
    """No plan keeps every accepted visit with its agent and time; `visits` names those."""

    def __init__(self, visits: Sequence[str], names: Sequence[str]) -> None:
        super().__init__(f"这些已答应群众的上门无法按约定安排:{'、'.join(names)}")
        self.visits = tuple(visits)
        self.names = tuple(names)


class SolverFailed(PlanningFault):
    """The optimiser died, ran out of time or answered with something that is not a plan."""
