"""A package as files by name, with its lists made anew; who forges it, and what he made."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from inspections.evidence import certificates

Files = dict[str, bytes]
EVENTS, CHECKPOINTS = "data/events.jsonl", "data/anchors/checkpoints.jsonl"


@dataclass(frozen=True)
class Forger:
    """Keys and tokens of somebody who is not the bureau: tokens by checkpoint number.

    `paper`: a record sealed by him; `messages`: CMS messages over the record by his key, over
    another document, and by a certificate of the bureau that is for something else; `marks`: of an
    official seal of his own over the record, and of the right one over another paper.
    """

    pair: certificates.Pair
    tokens: dict[int, bytes]
    paper: bytes
    messages: tuple[bytes, ...]
    marks: tuple[bytes, ...]


@dataclass(frozen=True)
class Mutant:
    """`items` are patterns, one of which the verdict has to name."""

    kind: str
    files: Files
    items: tuple[str, ...]
    inside_root: str = ""


def read(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write(files: Files, folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def refresh(files: Files) -> Files:
    """The lists and bag-info.txt made anew, as for an honest package."""
    payload = {name: content for name, content in files.items() if name.startswith("data/")}
    total = sum(map(len, payload.values()))
    kept = files["bag-info.txt"].split(b"\n")[:-2]
    info = [*kept, b"Payload-Oxum: %d.%d" % (total, len(payload)), b""]
    made = {**files, "bag-info.txt": b"\n".join(info)}
    made["manifest-sha256.txt"] = listed(payload, "sha256")
    made["manifest-sm3.txt"] = listed(payload, "sm3")
    own = "tagmanifest-sha256.txt"
    tags = {name: one for name, one in made.items() if name not in payload and name != own}
    return {**made, own: listed(tags, "sha256")}


def listed(files: Files, name: str) -> bytes:
    lines = (
        f"{hashlib.new(name, one).hexdigest()}  {path}\n" for path, one in sorted(files.items())
    )
    return "".join(lines).encode()


def bodies_of(files: Files) -> dict[int, bytes]:
    """Each checkpoint's body by its number."""
    found = [base64.b64decode(json.loads(one)["body"]) for one in files[CHECKPOINTS].splitlines()]
    return {json.loads(body)["number"]: body for body in found}
