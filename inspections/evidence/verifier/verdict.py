"""The verdict, said to a person or as JSON."""

# It speaks to a person at a terminal.
# ruff: noqa: T201

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from inspections.evidence.verifier.bag import check_bag
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.kinds import check_dossier, check_finding
from inspections.evidence.verifier.openssl import pem_digest
from inspections.evidence.verifier.reading import open_package
from inspections.evidence.verifier.report import Refused, Report, sha256
from inspections.evidence.verifier.words import GRADE_WORDS, GRADES, NOT_PROVED


def verify(path: Path, roots: list[str]) -> Report:
    """Look at everything in the package at `path`; Refused when it is not fit to be looked at."""
    package = Package(open_package(path))
    if "bagit.txt" not in package:
        raise Refused("这不是案卷包：里面没有 bagit.txt")
    refuse_own_roots(package, roots)
    report = Report()
    check_bag(package, report)
    if "data/finding.json" in package:
        check_finding(package, report, roots)
    else:
        check_dossier(package, report, roots)
    own = Path(__file__)
    if (
        "verify.py" in package
        and own.is_file()
        and package.digests["verify.py"][0] != sha256(own.read_bytes())
    ):
        report.note("verifier_differs", "verify.py")
    report.facts["files"] = len(package.digests)
    report.facts["bytes"] = sum(size for _, _, size in package.digests.values())
    return report


def refuse_own_roots(package: Package, roots: list[str]) -> None:
    given = {pem_digest(pem) for pem in roots}
    inside = [
        match
        for name in package.digests
        if name.endswith((".pem", ".crt", ".cer", "checkpoints.jsonl"))
        for match in re.findall(
            "-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----",
            package.read(name).decode("ascii", "replace").replace("\\n", "\n"),
            re.S,
        )
    ]
    if given & {pem_digest(pem) for pem in inside}:
        raise Refused(
            "给出的根证书就在包里：包里的证书不能证明它自己。请用主管机关另行公布的根证书"
        )


def read_roots(paths: list[Path], package: Path) -> list[str]:
    roots: list[str] = []
    for path in paths:
        if package.resolve() in (path.resolve(), *path.resolve().parents):
            raise Refused(f"根证书 {path} 在案卷包里面：请用主管机关另行公布的根证书")
        try:
            text = path.read_text("ascii")
        except (OSError, ValueError):
            raise Refused(f"根证书读不出来：{path}") from None
        found = re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", text, re.S)
        if not found or not all(pem_digest(pem) for pem in found):
            raise Refused(f"{path} 里没有 PEM 证书")
        roots.extend(pem.rstrip("\n") + "\n" for pem in found)
    return roots


def as_json(report: Report, required: int) -> dict[str, Any]:
    order = {"fail": 0, "gap": 1, "note": 2}
    return {
        "verified": report.grade >= required,
        "grade": GRADES[report.grade],
        "required": GRADES[required],
        "findings": sorted(
            report.findings,
            key=lambda one: (order[one["level"]], one["code"], one["item"], one["text"]),
        ),
        "not_proved": [
            {"code": code, "text": NOT_PROVED[code]} for code in sorted(report.not_proved)
        ],
        "facts": report.facts,
    }


TIMES = (
    ("challenge_at", "口令  出自 {} 的检查点（系统时钟）"),
    ("not_before", "口令  不早于 {}（它的根里含有该时刻签出的时间戳）"),
    ("sealed_not_after", "签章  不晚于 {}"),
    ("not_after", "时间  不晚于 {}"),
    ("renewed_at", "续期  较早的时间戳在 {} 盖上了新的"),
)


def tell(verdict: dict[str, Any]) -> None:
    facts, grade = verdict["facts"], GRADES.index(verdict["grade"])
    print("云勘验案卷核验：%s" % ("单项证明" if facts.get("kind") == "finding" else "案卷"))
    print(f"  {facts['files']} 个文件，{facts['bytes']} 字节；{facts.get('stream', '')}")
    for level, words in (("fail", "不一致"), ("gap", "不足"), ("note", "说明")):
        found = [one for one in verdict["findings"] if one["level"] == level]
        for one in found[:50]:
            print("  {}  {}  [{}]".format(words, one["text"], one["code"]))
        if len(found) > 50:
            print(f"  {words}  ……另有 {len(found) - 50} 处，见 --json")
    for fact, words in TIMES:
        if facts.get(fact):
            print("  " + words.format(facts[fact]))
    for root in facts.get("roots", []):
        print("  根证书  {}  SHA-256 {}".format(root["name"], root["sha256"]))
    print("没有证明的：")
    for one in verdict["not_proved"]:
        print("  · {}".format(one["text"]))
    local = "（非外部时间）" if grade >= 3 and not facts.get("outside_time") else ""
    outcome = "核验通过" if verdict["verified"] else "核验没有通过"
    print("结论：{}，等级 {} {}{}".format(outcome, verdict["grade"], GRADE_WORDS[grade], local))


def main(words: list[str]) -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("package", type=Path, help="案卷包：文件夹或 .zip")
    options.add_argument(
        "--root", type=Path, action="append", default=[], help="根证书 PEM，可给多个"
    )
    options.add_argument("--json", action="store_true", help="以 JSON 输出")
    options.add_argument(
        "--at-least", choices=GRADES[1:], default="E3", help="通过所需的最低等级（默认 E3）"
    )
    given = options.parse_args(words)
    try:
        roots = read_roots(given.root, given.package)
        report = verify(given.package, roots)
    except (Refused, OSError, ValueError, TypeError, RecursionError) as refusal:
        if given.json:
            print(json.dumps({"verified": False, "refused": str(refusal)}, ensure_ascii=False))
        print(f"无法核验：{refusal}。", file=sys.stderr)
        return 2
    verdict = as_json(report, GRADES.index(given.at_least))
    if given.json:
        print(json.dumps(verdict, ensure_ascii=False, indent=1))
    else:
        tell(verdict)
    return 0 if verdict["verified"] else 1
