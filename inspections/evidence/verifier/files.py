"""Every byte read once, both digests on the way."""

import base64
import hashlib
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from inspections.evidence.verifier.reading import Folder, Zip
from inspections.evidence.verifier.report import Refused

MAX_TEXT = 256 << 20


def has_sm3() -> bool:
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


class Package:
    """The files with their digests; small ones can be read as a whole."""

    def __init__(self, source: Folder | Zip) -> None:
        self.source = source
        self.sm3_known = has_sm3()
        # Digests of what was disposed of by law, as the certificate in the package says.
        self.disposed: set[str] = set()
        # hashlib lets other threads run while it works: one file per core at a time.
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            names = sorted(source.sizes, key=lambda name: -source.sizes[name])
            self.digests = dict(pool.map(self._digest, names))

    def _digest(self, name: str) -> tuple[str, tuple[str, str, int]]:
        first, second, size = hashlib.sha256(), None, 0
        if self.sm3_known and name.startswith("data/"):
            second = hashlib.new("sm3")
        for chunk in self.source.chunks(name):
            first.update(chunk)
            if second is not None:
                second.update(chunk)
            size += len(chunk)
        return name, (first.hexdigest(), second.hexdigest() if second else "", size)

    def __contains__(self, name: str) -> bool:
        return name in self.digests

    def read(self, name: str) -> bytes:
        if self.source.sizes.get(name, 0) > MAX_TEXT:
            raise Refused(f"{name} 大得不合常理")
        return b"".join(self.source.chunks(name)) if name in self.digests else b""

    def json(self, name: str) -> Any:
        return written_json(self.read(name))

    def under(self, folder: str) -> list[str]:
        return sorted(name for name in self.digests if name.startswith(folder))


def written_json(data: bytes) -> Any:
    """JSON exactly as the packages write it; ValueError for any other spelling of the same."""
    value = strict_json(data)
    if json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n" != data:
        raise ValueError("spelling")
    return value


def unhex(text: Any) -> bytes:
    if not isinstance(text, str) or not re.match(r"^([0-9a-f]{2})*$", text) or text[-1:] == "\n":
        raise ValueError("hex")
    return bytes.fromhex(text)


def unbase64(text: Any) -> bytes:
    data = base64.b64decode(str(text), validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64")
    return data


def strict_json(data: bytes) -> Any:
    """JSON that means one thing only; ValueError for doubled keys, NaN and what is no JSON."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in found]
        if len(set(keys)) != len(keys):
            raise ValueError("doubled key")
        return dict(found)

    def refuse(word: str) -> Any:
        raise ValueError(word)

    return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=refuse)
