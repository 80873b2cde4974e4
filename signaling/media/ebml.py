"""Just enough of EBML to cut a torn WebM file after its last whole cluster (RFC 8794, RFC 9559)."""

from pathlib import Path
from typing import BinaryIO, Final

_SEGMENT: Final = 0x18538067
_CLUSTER: Final = 0x1F43B675
_UNKNOWN_SIZES: Final = frozenset((1 << (7 * n)) - 1 for n in range(1, 9))


def _number(file: BinaryIO, *, keep_marker: bool) -> int | None:
    first = file.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    rest = file.read(length - 1)
    if len(rest) < length - 1:
        return None
    head = first[0] if keep_marker else first[0] & ((1 << (8 - length)) - 1)
    return int.from_bytes(bytes([head]) + rest, "big")


def whole_length(path: Path) -> int:
    """Bytes up to the end of the last whole cluster; 0 if there is none."""
    total = path.stat().st_size
    good = 0
    with path.open("rb") as file:
        while True:
            element = _number(file, keep_marker=True)
            size = _number(file, keep_marker=False)
            if element is None or size is None:
                return good
            if element == _SEGMENT:
                continue  # its children follow
            end = file.tell() + size
            if size in _UNKNOWN_SIZES or end > total:
                return good
            if element == _CLUSTER:
                good = end
            file.seek(end)
