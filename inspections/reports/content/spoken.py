"""The words of a record in reading order, for whoever has it read aloud."""

from inspections.reports.shapes import Content


def spoken(content: Content) -> list[str]:
    """One line a sentence or row; no digests, and nothing the paper does not say."""
    outcome, rectification = content["outcome"], content["rectification"]
    lines = [
        f"{content['title']}，{content['number']}，第 {content['version']} 版。",
        *(f"{one['role']}：{one['name']}。" for one in content["people"]),
        *(_item(one["title"], one["result_label"], one["note"]) for one in content["items"]),
        f"勘验结论：{outcome['label']}。{outcome['counts']}。{outcome['reason']}",
    ]
    if outcome["opinion"]:
        lines.append(f"勘验意见：{outcome['opinion']}")
    if rectification is not None:
        lines.append(f"请在 {rectification['deadline']} 前完成整改。")
        lines.extend(f"{one['title']}：{one['demand']}" for one in rectification["items"])
    lines.extend(f"陈述申辩：{one['text'] or '见录音'}" for one in content["objections"])
    return [*lines, content["signing_words"]]


def _item(title: str, result: str, note: str) -> str:
    return f"{title}：{result}。{note}"
