"""E3: who signed the checkpoints, who stamped them, and the challenge."""

import json
import re
from typing import Any

from inspections.evidence.trees import challenge, leaf_hash, verify_inclusion
from inspections.evidence.verifier.anchors import Anchors, Head, check_tree, checkpoint_item
from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.custody import CUSTODY
from inspections.evidence.verifier.files import Package, unbase64, unhex
from inspections.evidence.verifier.openssl import Openssl, is_plain_pem, pem_digest
from inspections.evidence.verifier.report import Report, place
from inspections.evidence.verifier.words import LOCAL_TIME

BEFORE = "data/anchors/before.json"
RENEWALS = "data/anchors/renewals.json"


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
        away = LOCAL_TIME not in root["name"] and root["fingerprint"] not in vouchers
        anchors.times[path] = (at, away)
    for number, times in stamped.items():
        if not times:
            report.gap(3, "time_pending", f"data/anchors/tokens/{number}-*.tsr")
    if any(stamped.values()):
        outside = all(away for _, away in anchors.times.values())
        report.facts["outside_time"] = outside
        report.facts["not_after"] = min(stamped[anchors.covering.number], default="")
        report.facts["stamps"] = {str(number): sorted(times) for number, times in stamped.items()}
        if not outside:
            report.note("time_local")


def check_challenge(
    package: Package, entries: list[Entry], anchors: Anchors, report: Report
) -> None:
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
    check_before(package, anchors, report, sorted(spoken_ones & set(right)))


def check_before(package: Package, anchors: Anchors, report: Report, spoken: list[Any]) -> None:
    """The root of a spoken challenge holds a timestamp: nobody could know the digits before it."""
    if BEFORE not in package:
        return
    by_number = {one.number: one for one in anchors.checkpoints}
    found: list[tuple[str, bool]] = []
    try:
        for said in package.json(BEFORE):
            name = "data/anchors/" + str(said["token"])
            authority = re.match(r"^data/anchors/tokens/(\d+)-([^/]+)\.tsr$", name)
            one = by_number[said["challenge"]]
            body, path = unbase64(said["body"]), [unhex(step) for step in said["path"]]
            told = stamp_leaf(authority, package.digests[name][0]) if authority else b""
            leaf, index = leaf_hash(body), int(said["index"])
            if body != told or not verify_inclusion(leaf, index, one.size, path, one.root_bytes):
                report.fail("before_wrong", BEFORE)
            elif spoken[:1] == [one.number] and name in anchors.times:
                found.append(anchors.times[name])
    except (ValueError, KeyError, TypeError):
        report.fail("before_wrong", BEFORE)
        return
    if found:
        report.facts["not_before"] = max(at for at, _ in found)
        if any(away for _, away in found):
            report.not_proved.remove("challenge")


def check_renewals(package: Package, anchors: Anchors, report: Report) -> None:
    """A timestamp whose certificate ends is a leaf under a later checkpoint, so that the stamps
    over that one stand for it (RFC 4998 §5.2)."""
    if RENEWALS not in package:
        return
    by_number = {one.number: one for one in anchors.checkpoints}
    times: list[str] = []
    try:
        for said in package.json(RENEWALS):
            name = "data/anchors/" + str(said["token"])
            one = by_number[said["checkpoint"]]
            index = said["index"] if type(said["index"]) is int else -1
            body, path = unbase64(said["body"]), [unhex(step) for step in said["path"]]
            authority = re.match(r"^data/anchors/tokens/(\d+)-([^/]+)\.tsr$", name)
            told = stamp_leaf(authority, package.digests[name][0]) if authority else b""
            leaf = leaf_hash(body)
            if body != told or not verify_inclusion(leaf, index, one.size, path, one.root_bytes):
                report.fail("renewal_wrong", RENEWALS)
                return
            over = f"data/anchors/tokens/{one.number}-"
            times += [at for known, (at, _) in anchors.times.items() if known.startswith(over)]
    except (ValueError, KeyError, TypeError):
        report.fail("renewal_wrong", RENEWALS)
        return
    if times:
        report.facts["renewed_at"] = max(times)


def stamp_leaf(named: "re.Match[str]", digest: str) -> bytes:
    """The one way in which a timestamp is written into the tree (RFC 8785)."""
    said = {"head": digest, "length": int(named[1]), "stream": "timestamps:" + named[2]}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def check_anchors(package: Package, report: Report, head: Head, openssl: Openssl | None) -> Anchors:
    anchors = Anchors(package, report)
    if openssl is not None and not openssl.roots:
        report.gap(3, "no_roots")
    if not anchors.whole:
        return anchors
    check_tree(anchors, report, head)
    if openssl is None:
        return anchors
    vouchers = check_checkpoints(anchors, report, openssl)
    check_tokens(package, anchors, report, (openssl, vouchers))
    check_renewals(package, anchors, report)
    report.facts["roots"] = [
        {"name": root.get("name", ""), "sha256": root.get("fingerprint", "")}
        for _, root in openssl.roots
    ]
    return anchors


def check_certificates(
    package: Package, report: Report, anchors: Anchors, entries: list[Entry]
) -> None:
    """data/certificates holds those of checkpoints, signers and seal, and nothing else."""
    wanted = {f"checkpoint-{pem_digest(one.pem)[:16]}.pem": one.pem for one in anchors.checkpoints}
    named = {f"{kind}-{digest[:16]}.pem": digest for kind, digest, _ in journalled(entries)}
    # Of a certificate whose every file was disposed of nothing is left to be found.
    kept = {
        f"{kind}-{digest[:16]}.pem"
        for kind, digest, file in journalled(entries)
        if file not in package.disposed
    }
    for name in sorted({*wanted, *named}):
        path = "data/certificates/" + name
        pem = package.read(path).decode("ascii", "replace")
        if path not in package and name in named and name not in kept:
            report.note("item_disposed", path, CUSTODY)
        elif path not in package:
            source = "anchors/checkpoints.jsonl" if name in wanted else "events.jsonl"
            report.fail("file_missing", path, "data/" + source)
        elif not is_plain_pem(pem) or pem_digest(pem) != (
            named.get(name) or pem_digest(wanted[name])
        ):
            report.fail("certificate_differs", path)
    for path in package.under("data/certificates/"):
        if path.rpartition("/")[2] not in {*wanted, *named}:
            report.fail("file_unexpected", path)


def journalled(entries: list[Entry]) -> list[tuple[str, str, str]]:
    """Whose certificates the journal names: signers and seal, with the digests of the DER and of
    the file the certificate is taken from."""
    kinds = {
        "signature.completed": ("signer", "cms_sha256"),
        "record.sealed": ("seal", "sha256"),
        "inspection_paper.issued": ("seal", "sha256"),
    }
    return [
        (kinds[one.kind][0], one.text("certificate_sha256"), one.text(kinds[one.kind][1]))
        for one in entries
        if one.kind in kinds and one.text("certificate_sha256")
    ]
