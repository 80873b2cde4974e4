"""Reading a folder or a zip, trusting neither; nothing is ever unpacked to disk."""

import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from inspections.evidence.verifier.report import Refused

CHUNK = 1 << 20
MAX_FILES = 100_000
MAX_TOTAL = 64 << 30
# What a zip says of sizes that stand in its ZIP64 field, and how long such fields may be.
WIDE = 0xFFFFFFFF
MAX_EXTRA = 128


def check_names(names: list[str]) -> None:
    """Refuse whatever could escape, hide or mean two files on another computer."""
    if len(names) > MAX_FILES:
        raise Refused(f"文件多得不合常理（{len(names)} 个）")
    seen: set[str] = set()
    for name in names:
        parts = name.split("/")
        if any(part in ("", ".", "..") for part in parts) or re.search(
            r'[\x00-\x1f\x7f\\:*?"<>|]', name
        ):
            raise Refused(f"文件名不安全：{name!r}")
        plain = unicodedata.normalize("NFC", name).lower()
        if plain in seen:
            raise Refused(f"文件名重复（或只差大小写）：{name!r}")
        seen.add(plain)


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.sizes: dict[str, int] = {}
        self._walk(root, "")
        check_names(list(self.sizes))

    def _walk(self, folder: Path, prefix: str) -> None:
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                self._walk(Path(entry.path), prefix + entry.name + "/")
            elif stat.S_ISREG(mode):
                self.sizes[prefix + entry.name] = entry.stat(follow_symlinks=False).st_size
            else:
                raise Refused(f"{prefix + entry.name!r} 是链接或特殊文件，不是普通文件")

    def chunks(self, name: str) -> Iterator[bytes]:
        with (self.root / name).open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")


class Zip:
    """Reads entries at their places in the file; nothing is ever unpacked to disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as zipped:
                everything = zipped.infolist()
                directory = zipped.start_dir
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refused(f"压缩包读不出来：{error}") from None
        names = [one.orig_filename for one in everything]
        infos = [one for one in everything if not one.is_dir()]
        if len(set(names)) != len(names):
            raise Refused("压缩包里有重名文件")
        check_names([name.rstrip("/") for name in names])
        for info in infos:
            self._check(info)
        if sum(info.file_size for info in infos) > MAX_TOTAL:
            raise Refused("压缩包展开后大得不合常理")
        self._infos = {info.orig_filename: info for info in infos}
        self._starts = self._places(everything, directory)
        self.sizes = {name: info.file_size for name, info in self._infos.items()}
        self._strip_top()

    def _check(self, info: zipfile.ZipInfo) -> None:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise Refused(f"{info.orig_filename!r} 是链接或特殊文件，不是普通文件")
        if info.flag_bits & 1 or info.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise Refused(f"{info.orig_filename!r} 用了加密或少见的压缩方法")
        stored = info.compress_type == zipfile.ZIP_STORED
        if info.file_size > 1100 * info.compress_size + 1024 or (
            stored and info.file_size != info.compress_size
        ):
            raise Refused(f"{info.orig_filename!r} 展开后大得不合常理")

    def _places(self, infos: list[zipfile.ZipInfo], directory: int) -> dict[str, int]:
        """Where each entry's bytes begin; refuses bytes that belong to no entry, and entries of
        which the two places that describe them say different things."""
        starts: dict[str, int] = {}
        odd = Refused("压缩包里夹有不属于任何文件的内容")
        with self.path.open("rb") as file:
            end, tails = 0, {b""}
            for info in sorted(infos, key=lambda one: one.header_offset):
                name = info.orig_filename
                if info.header_offset < end:
                    raise Refused(f"压缩包里的文件互相重叠：{name!r}")
                if between(file, end, info.header_offset) not in tails:
                    raise odd
                head = file.read(30)
                if len(head) != 30 or head[:4] != b"PK\x03\x04":
                    raise Refused(f"压缩包读不出来：{name!r} 的位置不对")
                long, extra = struct.unpack("<HH", head[26:30])
                coding = "utf-8" if info.flag_bits & 0x800 else "cp437"
                if file.read(long).decode(coding, "replace") != name:
                    raise Refused(f"压缩包里同一个文件有两个名字：{name!r}")
                if extra > MAX_EXTRA or len(info.extra) > MAX_EXTRA or info.comment or info.volume:
                    raise odd
                if not is_told_twice(info, head, file.read(extra)):
                    raise Refused(f"压缩包里 {name!r} 的两处登记不一致")
                starts[name] = info.header_offset + 30 + long + extra
                end, tails = starts[name] + info.compress_size, descriptors(info)
            if end > directory or between(file, end, directory) not in tails:
                raise odd
            if not is_end(file, len(infos), directory):
                raise odd
        return starts

    def _strip_top(self) -> None:
        """A package zipped together with its folder: look inside the one folder."""
        tops = {name.partition("/")[0] for name in self.sizes}
        self._top = ""
        if "bagit.txt" not in self.sizes and len(tops) == 1:
            self._top = tops.pop() + "/"
            self.sizes = {name[len(self._top) :]: size for name, size in self.sizes.items()}

    def chunks(self, name: str) -> Iterator[bytes]:
        info = self._infos[self._top + name]
        left = info.compress_size
        inflate = None if info.compress_type == zipfile.ZIP_STORED else zlib.decompressobj(-15)
        size = 0
        with self.path.open("rb") as file:
            file.seek(self._starts[self._top + name])
            while left > 0:
                piece = file.read(min(CHUNK, left))
                if not piece:
                    raise Refused(f"压缩包不完整：{name!r} 被截断")
                left -= len(piece)
                if inflate is not None:
                    piece = self._inflated(inflate, piece, name)
                size += len(piece)
                if size > info.file_size:
                    raise Refused(f"{name!r} 比它声明的大")
                yield piece

    @staticmethod
    def _inflated(inflate: Any, piece: bytes, name: str) -> bytes:
        try:
            return bytes(inflate.decompress(piece))
        except zlib.error:
            raise Refused(f"压缩包已损坏：{name!r} 解不开") from None


def between(file: BinaryIO, start: int, end: int) -> bytes:
    """What lies between two entries, as far as it could be a descriptor."""
    file.seek(start)
    found = file.read(min(end - start, 32))
    file.seek(end)
    return found


def is_end(file: BinaryIO, count: int, directory: int) -> bool:
    """Whether the file ends right behind its directory, and says where that lies."""
    file.seek(-22, os.SEEK_END)
    mark, *disks, first, second, _, start, comment = struct.unpack("<4s4HIIH", file.read())
    told = first == second and first in (count, 0xFFFF) and start in (directory, WIDE)
    return mark == b"PK\x05\x06" and disks == [0, 0] and told and not comment


def is_told_twice(info: zipfile.ZipInfo, head: bytes, extra: bytes) -> bool:
    """Whether the header before the bytes says what the directory says of them."""
    flags, method, time, day, *sums = struct.unpack("<4H3I", head[6:26])
    date = info.date_time
    when = (
        date[3] << 11 | date[4] << 5 | date[5] // 2,
        date[0] - 1980 << 9 | date[1] << 5 | date[2],
    )
    if (flags, method, time, day) != (info.flag_bits, info.compress_type, *when):
        return False
    said = [info.CRC, info.compress_size, info.file_size]
    if flags & 8:
        # Not known yet; it stands behind the bytes, where `descriptors` looks at it.
        return all(sums[at] in (0, WIDE, said[at]) for at in range(3))
    if sums[1:] == [WIDE, WIDE]:
        wide = struct.pack("<HHQQ", 1, 16, info.file_size, info.compress_size)
        return sums[0] == info.CRC and wide in extra
    return sums == said


def descriptors(info: zipfile.ZipInfo) -> set[bytes]:
    """What may stand behind the bytes of an entry: nothing, or its checksum and sizes again."""
    if not info.flag_bits & 8:
        return {b""}
    sizes = (info.CRC, info.compress_size, info.file_size)
    told = {struct.pack("<IQQ", *sizes)}
    if max(sizes) <= WIDE:
        told.add(struct.pack("<III", *sizes))
    return told | {b"PK\x07\x08" + one for one in told}


def open_package(path: Path) -> Folder | Zip:
    if path.is_dir():
        return Folder(path)
    if path.is_file():
        return Zip(path)
    raise Refused(f"没有这个文件或文件夹：{path}")
