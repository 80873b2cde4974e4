"""What the dispatcher says to the caller: plain Chinese, no names of other households."""

from collections.abc import Sequence

from inspections.dispatch.planning.shapes import (
    OPENINGS,
    Alternative,
    Blocker,
    Day,
    Reason,
    VisitJob,
    hhmm,
)


def because(
    day: Day,
    job: VisitJob,
    reason: Reason,
    blocker: Blocker,
    alternatives: Sequence[Alternative],
) -> str:
    """What stands in the way."""
    window = f"{hhmm(job.tw[0])}至{hhmm(job.tw[1])}"
    if reason is Reason.NO_SKILL:
        return _nobody(day, blocker)
    if reason is Reason.NO_SHIFT_IN_WINDOW:
        if blocker.at is None:
            return "很抱歉，能办这件事的工作人员今天都不在岗。"
        return (
            f"很抱歉，您要的{window}，能办这件事的 {len(blocker.agents)} 位工作人员都不当班"
            f"（最晚的一位 {hhmm(blocker.at)} 下班）。"
        )
    if reason is Reason.UNREACHABLE_IN_WINDOW:
        soonest = "" if blocker.at is None else f"，最快 {hhmm(blocker.at)} 才能到您那里"
        return f"很抱歉，您要的{window}，工作人员从出发点赶过来来不及{soonest}。"
    if reason is Reason.OPTIMISER_MISS:
        if any(one.in_window for one in alternatives):
            return f"您要的{window}还有空当，可以安排。"
        return f"很抱歉，您要的{window}，要先与别家商量改时间才能安排。"
    return f"很抱歉，您要的{window}，能办这件事的工作人员都已排满。"


def offer(reason: Reason, alternatives: Sequence[Alternative], *, promised: bool) -> str:
    """What can be had instead; says so where it is less than the usual choice of three."""
    if reason is Reason.NO_SKILL:
        return ""
    if not alternatives:
        if promised:
            return "约好的时段里今天没有别的空当，需要和您另约一个时间。"
        return "今天不改动别家已定的时间就排不进去，可以登记改天上门。"
    times = "、".join(hhmm(one.start) for one in sorted(alternatives, key=lambda one: one.start))
    when = "这段时间里" if all(one.in_window for one in alternatives) else "今天"
    if len(alternatives) == 1:
        return f"{when}只剩 {times} 这一个时间可以安排，您看方便吗？"
    if len(alternatives) < OPENINGS:
        return f"{when}只剩 {times} 这两个时间可以安排，您看哪个时间方便？"
    return f"{when}可以安排在 {times}，您看哪个时间方便？"


def _nobody(day: Day, blocker: Blocker) -> str:
    if blocker.kind == "AGENT":
        return "很抱歉，您指定的工作人员不能办这件事，我们可以为您换一位。"
    if blocker.kind == "AREA":
        return "很抱歉，您所在的片区今天没有工作人员负责，我们请邻近片区接手后再给您回话。"
    names = "、".join(str(day.skill_names.get(skill, skill)) for skill in blocker.skills)
    return f"很抱歉，这件事要求会“{names}”的工作人员，目前没有这样的人，我们协调好后给您回话。"
