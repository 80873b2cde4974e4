"""What a forger could do to a package, drawn from a seed, and whether the verifier says so.

`refreshed` means that the lists of digests were made anew, as anybody can: then only the chain, the
checkpoints and the stamps are left to tell.
"""

import base64
import functools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fieldsvc.kernel import hashing
from inspections.evidence import certificates
from inspections.evidence.certificates import Lines
from inspections.evidence.verifier import verdict
from inspections.evidence.verifier.custody import CUSTODY, CUSTODY_LEAF
from inspections.evidence.verifier.report import Refused
from tests.inspections.evidence.bags import (
    CHECKPOINTS,
    EVENTS,
    Files,
    Forger,
    Mutant,
    listed,
    refresh,
    write,
)
from tests.inspections.evidence.paper_attacks import ATTACKS
from tests.inspections.evidence.rewritten import (
    BESIDE,
    lie,
    mark_lie,
    paper_beside,
    rechain,
    retell,
    rollback,
)

TOKENS = "data/anchors/tokens/"
# May be taken away (the values destroyed, the copy not made): the verdict is then told so.
OPTIONAL = (
    *("data/private.json", "data/anchors/covers.json", "data/anchors/before.json"),
    "data/anchors/renewals.json",
    "data/derived",
)


def mutants(files: Files, forger: Forger, seed: int, count: int) -> Iterator[Mutant]:
    """`count` forgeries, each kind in its turn; the same for the same seed."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        for make in KINDS:
            mutant = make(files, forger, chance)
            if mutant is not None and mutant.files != files and made < count:
                made += 1
                yield mutant


def _path(files: Files, chance: random.Random) -> str:
    return chance.choice(sorted(name for name, content in files.items() if len(content) > 1))


def _maybe_refreshed(files: Files, path: str, chance: random.Random) -> tuple[Files, bool]:
    """Where the lists are the only ones to know (words, copies), they are left as they are."""
    bound = path.startswith("data/") and not path.startswith((TOKENS, "data/derived"))
    if bound and chance.random() < 0.5:
        return refresh(files), True
    return files, False


def flip(files: Files, _: Forger, chance: random.Random) -> Mutant:
    path = _path(files, chance)
    content = bytearray(files[path])
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    made, fresh = _maybe_refreshed({**files, path: bytes(content)}, path, chance)
    items = [path]
    if path == EVENTS and fresh:
        number = files[path].count(b"\n", 0, place) + 1
        items = [f"{path}#{number}", f"{path}#{number + 1}"]
    return Mutant("flip", made, tuple(items))


def cut(files: Files, _: Forger, chance: random.Random) -> Mutant:
    path = _path(files, chance)
    content = files[path][: -chance.randint(1, min(200, len(files[path]) - 1))]
    made, _fresh = _maybe_refreshed({**files, path: content}, path, chance)
    return Mutant("cut", made, (path, f"{path}#*"))


def append(files: Files, _: Forger, chance: random.Random) -> Mutant:
    path = _path(files, chance)
    content = files[path] + chance.choice([b"\n", b" ", b"%%EOF\n", chance.randbytes(40)])
    made, _fresh = _maybe_refreshed({**files, path: content}, path, chance)
    return Mutant("append", made, (path, f"{path}#*"))


def swap(files: Files, _: Forger, chance: random.Random) -> Mutant:
    one, other = (_path(files, chance) for _ in range(2))
    made = {**files, one: files[other], other: files[one]}
    both = one.startswith("data/items/") and other.startswith("data/items/")
    return Mutant("swap", refresh(made) if both else made, (one, f"{one}#*"))


def delete(files: Files, _: Forger, chance: random.Random) -> Mutant:
    path = _path(files, chance)
    made = {name: content for name, content in files.items() if name != path}
    items = [path]
    if path.startswith("data/") and not path.startswith(OPTIONAL) and chance.random() < 0.5:
        made = refresh(made)
        if path.startswith(TOKENS):
            items = [f"{path.partition('-')[0]}-*.tsr"]
        if path == CUSTODY_LEAF:
            items = [CUSTODY]
    return Mutant("delete", made, tuple(items))


def add(files: Files, _: Forger, chance: random.Random) -> Mutant:
    folder = chance.choice(
        ["data/items/photos/", "data/", "data/anchors/tokens/", "", "data/certificates/"]
    )
    path = f"{folder}{chance.randrange(10**6):06d}-extra.{chance.choice(['jpg', 'tsr', 'pem'])}"
    made = {**files, path: chance.randbytes(50)}
    return Mutant("add", refresh(made) if chance.random() < 0.5 else made, (path,))


def reorder(files: Files, _: Forger, chance: random.Random) -> Mutant:
    path = chance.choice([EVENTS, EVENTS, CHECKPOINTS, *BESIDE, "manifest-sha256.txt"])
    lines = files[path].splitlines(keepends=True)
    place = chance.randrange(len(lines) - 1)
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    made = {**files, path: b"".join(lines)}
    return Mutant(
        "reorder", refresh(made) if path.startswith("data/") else made, (path, f"{path}#*")
    )


def drop_entry(files: Files, _: Forger, chance: random.Random) -> Mutant:
    lines = files[EVENTS].splitlines(keepends=True)
    place = chance.randrange(len(lines))
    made = refresh({**files, EVENTS: b"".join(lines[:place] + lines[place + 1 :])})
    return Mutant("drop entry", made, (f"{EVENTS}#{place + 1}",))


def double_entry(files: Files, _: Forger, chance: random.Random) -> Mutant:
    lines = files[EVENTS].splitlines(keepends=True)
    place = chance.randrange(len(lines))
    made = refresh({**files, EVENTS: b"".join([*lines[: place + 1], *lines[place:]])})
    return Mutant("double entry", made, (f"{EVENTS}#{place + 2}",))


def edit_entry(files: Files, _: Forger, chance: random.Random) -> Mutant:
    lines = files[EVENTS].splitlines()
    place = chance.randrange(len(lines))
    entry = json.loads(lines[place])
    entry["at"] = entry["at"][:-3] + f"{chance.randrange(10, 99)}Z"
    lines[place] = hashing.canonical(entry)
    made = refresh({**files, EVENTS: b"\n".join(lines) + b"\n"})
    return Mutant("edit entry", made, (f"{EVENTS}#{place + 1}",))


def forged_stamp(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    path = chance.choice(sorted(name for name in files if name.startswith(TOKENS)))
    number = int(path.rpartition("/")[2].partition("-")[0])
    return Mutant("forged stamp", refresh({**files, path: forger.tokens[number]}), (path,))


def stamp_of_another(files: Files, _: Forger, __: random.Random) -> Mutant:
    one, other = sorted(name for name in files if name.startswith(TOKENS))[:2]
    return Mutant("stamp of another", refresh({**files, one: files[other]}), (one,))


def resigned(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    """A checkpoint signed by somebody else's authority, certificate and all."""
    lines = files[CHECKPOINTS].splitlines()
    place = chance.randrange(len(lines))
    said = json.loads(lines[place])
    key, certificate = forger.pair
    body = base64.b64decode(said["body"])
    said["signature"] = base64.b64encode(key.sign(body, ec.ECDSA(hashes.SHA256()))).decode()
    said["certificate"] = certificates.pem_of(certificate)
    lines[place] = json.dumps(said, separators=(",", ":")).encode()
    made = {**files, CHECKPOINTS: b"\n".join(lines) + b"\n"}
    name = certificate.fingerprint(hashes.SHA256()).hex()[:16]
    made[f"data/certificates/checkpoint-{name}.pem"] = said["certificate"].encode()
    return Mutant("resigned", refresh(made), (f"{CHECKPOINTS}#{json.loads(body)['number']}",))


def root_inside(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    """A root in the package, and the verifier told to use that one."""
    path = chance.choice(["data/certificates/root.pem", "root.pem", "data/root.pem"])
    pem = forger.pair[1].public_bytes(serialization.Encoding.PEM)
    return Mutant("root inside", refresh({**files, path: pem}), (path,), inside_root=path)


def metadata(files: Files, _: Forger, chance: random.Random) -> Mutant:
    lines = files["bag-info.txt"].splitlines(keepends=True)
    place = chance.randrange(len(lines))
    lines[place] = lines[place][:-1] + b"0\n"
    made = {**files, "bag-info.txt": b"".join(lines)}
    tags = {name: one for name, one in made.items() if "/" not in name and "tagm" not in name}
    return Mutant(
        "metadata", {**made, "tagmanifest-sha256.txt": listed(tags, "sha256")}, ("bag-info.txt",)
    )


def paper(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    """Something else in the place of a PDF: one bit, another file, or an attack on its seal."""
    path = chance.choice(["data/record.pdf", *(n for n in files if n.endswith(".pdf"))])
    content = files[path]
    others = [
        one for name, one in sorted(files.items()) if name.endswith(".pdf") and one != content
    ]
    ways: list[Callable[[], bytes]] = [
        lambda: chance.choice(others),
        lambda: bytes([content[0] ^ 1]) + content[1:],
        *(functools.partial(attack, content, forger.paper) for attack in ATTACKS),
    ]
    return Mutant("paper", refresh({**files, path: chance.choice(ways)()}), (path,))


def message(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    """Another CMS message in the place of a signer's."""
    paths = sorted(name for name in files if name.endswith(".p7s"))
    path = chance.choice(paths)
    others = [one for one in (*forger.messages, *map(files.get, paths)) if one != files[path]]
    return Mutant("message", refresh({**files, path: chance.choice(others) or b""}), (path,))


def pem(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    folder = "data/certificates/"
    path = chance.choice(sorted(name for name in files if name.startswith(folder)))
    other = certificates.pem_of(forger.pair[1]).encode()
    return Mutant("certificate", refresh({**files, path: other}), (path,))


KINDS: tuple[Callable[[Files, Forger, random.Random], Mutant | None], ...] = (
    *(flip, cut, append, swap, delete, add, reorder, drop_entry, double_entry, edit_entry),
    *(rechain, rollback, forged_stamp, stamp_of_another, resigned, root_inside, metadata, paper),
    *(message, pem, lie, retell, paper_beside, mark_lie),
)


@dataclass(frozen=True)
class Judgement:
    caught: bool
    named: bool
    said: list[str]


def judge(mutant: Mutant, roots: list[Path], folder: Path) -> Judgement:
    """Verify the mutant in `folder`: was it caught, and was the right item named?"""
    write(mutant.files, folder)
    given = [*roots, folder / mutant.inside_root] if mutant.inside_root else roots
    try:
        report = verdict.verify(folder, verdict.read_roots(given, folder))
    except Refused as refusal:
        words = str(refusal)
        return Judgement(caught=True, named=any(one in words for one in mutant.items), said=[words])
    found = report.findings
    named = any(
        fnmatch(one["item"], item) or item in one["text"]
        for one in found
        if one["level"] != "note"
        for item in mutant.items
    )
    return Judgement(report.grade < 3, named, [f"{one['code']} {one['item']}" for one in found])


def impostor() -> tuple[certificates.Pair, certificates.Pair]:
    """The root of an authority that calls itself like the bureau's, and a key under it."""
    until = datetime(2049, 1, 1, tzinfo=UTC)
    root = certificates.self_signed(Lines("内置测试根", until))
    key = certificates.new_key()
    lines = Lines("检查点", until, unit="CHECKPOINT")
    return root, (key, certificates.issued(root, key.public_key(), lines))
