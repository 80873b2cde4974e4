"""E3: who signed the checkpoints, who stamped them, and the challenge."""

import re
import tempfile
from pathlib import Path

from inspections.evidence.trees import challenge
from inspections.evidence.verifier.anchors import Anchors, Head, check_tree, checkpoint_item
from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.openssl import Openssl, pem_digest
from inspections.evidence.verifier.report import Report, place
from inspections.evidence.verifier.words import LOCAL_TIME


def check_checkpoints(anchors: Anchors, report: Report, openssl: Openssl) -> set[str]:
    """Signatures and their certificates; returns the fingerprints of the roots that vouch."""
    vouchers: set[str] = set()
    for one in anchors.checkpoints:
        item, about = checkpoint_item(one.number), openssl.certificate(one.pem)
        if about and about["subject"] == about["issuer"]:
            report.fail("root_inside", item)
        if not openssl.signed(one.pem, one.body, one.signature):
            report.fail("checkpoint_altered", item)
        elif about.get("unit") != "CHECKPOINT" or not openssl.vouched(
            one.pem, int(one.at.timestamp())
        ):
            report.gap(3, "checkpoint_untrusted", item)
        else:
            vouchers |= {
                root["fingerprint"]
                for _, root in openssl.roots
                if root["subject"] == about["issuer"]
            }
    return vouchers


def check_tokens(
    package: Package, anchors: Anchors, report: Report, trust: tuple[Openssl, set[str]]
) -> None:
    """Every checkpoint is stamped; says from when, and whether by somebody outside."""
    openssl, vouchers = trust
    stamped: dict[int, list[str]] = {one.number: [] for one in anchors.checkpoints}
    imprints = {one.number: one.digest for one in anchors.checkpoints}
    outside = True
    for path in package.under("data/anchors/tokens/"):
        found = re.match(r"^data/anchors/tokens/(\d+)-[^/]+\.tsr$", path)
        number = int(found.group(1)) if found else 0
        if number not in stamped:
            report.fail("token_foreign", path)
            continue
        token = openssl.token(package.read(path), imprints[number])
        if token is None:
            report.gap(3, "token_untrusted", path)
            continue
        at, root = token
        stamped[number].append(at)
        outside = outside and LOCAL_TIME not in root["name"] and root["fingerprint"] not in vouchers
    for number, times in stamped.items():
        if not times:
            report.gap(3, "time_pending", f"data/anchors/tokens/{number}-*.tsr")
    if any(stamped.values()):
        report.facts["outside_time"] = outside
        report.facts["not_after"] = min(stamped[anchors.checkpoints[-1].number], default="")
        report.facts["stamps"] = {str(number): sorted(times) for number, times in stamped.items()}
        if not outside:
            report.note("time_local")


def check_challenge(entries: list[Entry], anchors: Anchors, report: Report) -> None:
    """A challenge follows from the root of a checkpoint that is here and was there before."""
    shown = [one for one in entries if one.kind == "challenge.shown"]
    spoken_ones = {one.data.get("checkpoint") for one in entries if one.kind == "challenge.spoken"}
    by_number = {one.number: one for one in anchors.checkpoints}
    recorded = any(
        one.data.get("kind") == "SEGMENT" for one in entries if one.kind == "evidence.admitted"
    )
    if not shown:
        if recorded:
            report.gap(3, "challenge_absent")
        return
    right = []
    for entry in shown:
        data = entry.data
        one = by_number.get(data.get("checkpoint", 0))
        claimed = (data.get("size"), data.get("root"), data.get("code"))
        if one is None or claimed != (one.size, one.root, challenge(one.root, entry.stream)):
            report.fail("challenge_wrong", place(entry.number))
        else:
            right.append(one.number)
    if not spoken_ones & set(right):
        report.note("challenge_unspoken")
    if right:
        # By the system's own clock: a token only proves that the root was there no later.
        first = min(by_number[number].at for number in right)
        report.facts["challenge_at"] = first.strftime("%Y-%m-%dT%H:%M:%SZ")
        report.not_proved.append("challenge")


def check_anchors(package: Package, report: Report, head: Head, roots: list[str]) -> Anchors:
    anchors = Anchors(package, report)
    if not roots:
        report.gap(3, "no_roots")
    if not anchors.whole:
        return anchors
    check_tree(anchors, report, head)
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        try:
            openssl = Openssl(Path(folder), roots)
        except FileNotFoundError:
            report.gap(3, "openssl_missing")
            return anchors
        vouchers = check_checkpoints(anchors, report, openssl)
        check_tokens(package, anchors, report, (openssl, vouchers))
        check_certificates(package, anchors, report)
        report.facts["roots"] = [
            {"name": root.get("name", ""), "sha256": root.get("fingerprint", "")}
            for _, root in openssl.roots
        ]
    return anchors


def check_certificates(package: Package, anchors: Anchors, report: Report) -> None:
    """data/certificates holds the checkpoints' certificates once more, and nothing else."""
    wanted = {f"checkpoint-{pem_digest(one.pem)[:16]}.pem": one.pem for one in anchors.checkpoints}
    for name, pem in sorted(wanted.items()):
        path = "data/certificates/" + name
        if path not in package:
            report.fail("file_missing", path, "data/anchors/checkpoints.jsonl")
        elif package.read(path) != pem.encode():
            report.fail("certificate_differs", path)
    for path in package.under("data/certificates/"):
        if path.rpartition("/")[2] not in wanted:
            report.fail("file_unexpected", path)
