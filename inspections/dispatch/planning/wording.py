"""What the dispatcher says to the caller: plain Chinese, no names of other households."""

from collections.abc import Sequence

from inspections.dispatch.planning.shapes import (
    Alternative,
    Blocker,
    Day,
    Reason,
    VisitJob,
    hhmm,
)


def sentence(
    day: Day,
    job: VisitJob,
    reason: Reason,
    blocker: Blocker,
    alternatives: Sequence[Alternative],
) -> str:
    return f"{_obstacle(day, job, reason, blocker)}{_offer(reason, alternatives)}"


def _obstacle(day: Day, job: VisitJob, reason: Reason, blocker: Blocker) -> str:
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
        return f"您要的{window}还有空当，可以安排。"
    busy = "能办这件事的工作人员都已排满"
    return f"很抱歉，您要的{window}，{busy}。"


def _nobody(day: Day, blocker: Blocker) -> str:
    if blocker.kind == "AGENT":
        return "很抱歉，您指定的工作人员不能办这件事，我们可以为您换一位。"
    if blocker.kind == "AREA":
        return "很抱歉，您所在的片区今天没有工作人员负责，我们请邻近片区接手后再给您回话。"
    names = "、".join(str(day.skill_names.get(skill, skill)) for skill in blocker.skills)
    return f"很抱歉，这件事要求会“{names}”的工作人员，目前没有这样的人，我们协调好后给您回话。"


def _offer(reason: Reason, alternatives: Sequence[Alternative]) -> str:
    if reason is Reason.NO_SKILL:
        return ""
    if not alternatives:
        return "今天其他时间也排不进去，可以登记明天上门，或者改用视频办理。"
    times = "、".join(hhmm(one.start) for one in sorted(alternatives, key=lambda one: one.start))
    when = "这段时间里" if all(one.in_window for one in alternatives) else "今天"
    return f"{when}可以安排在 {times}，您看哪个时间方便？"
