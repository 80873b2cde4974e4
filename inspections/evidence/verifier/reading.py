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
from typing import Any

from inspections.evidence.verifier.report import Refused

CHUNK = 1 << 20
MAX_FILES = 100_000
MAX_TOTAL = 64 << 30


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
                infos = [one for one in zipped.infolist() if not one.is_dir()]
                names = [one.orig_filename for one in zipped.infolist()]
                start = zipped.start_dir
                comment = zipped.comment
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refused(f"压缩包读不出来：{error}") from None
        if len(set(names)) != len(names):
            raise Refused("压缩包里有重名文件")
        check_names([name.rstrip("/") for name in names])
        for info in infos:
            self._check(info)
        if sum(info.file_size for info in infos) > MAX_TOTAL:
            raise Refused("压缩包展开后大得不合常理")
        self._infos = {info.orig_filename: info for info in infos}
        self._starts = self._places(infos, start, comment)
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

    def _places(
        self, infos: list[zipfile.ZipInfo], directory: int, comment: bytes
    ) -> dict[str, int]:
        """Where each entry's bytes begin; refuses bytes that belong to no entry."""
        starts: dict[str, int] = {}
        with self.path.open("rb") as file:
            headers = sorted(infos, key=lambda one: one.header_offset)
            end = 0
            for info in headers:
                file.seek(info.header_offset)
                head = file.read(30)
                if len(head) != 30 or head[:4] != b"PK\x03\x04":
                    raise Refused(f"压缩包读不出来：{info.orig_filename!r} 的位置不对")
                long, extra = struct.unpack("<HH", head[26:30])
                coding = "utf-8" if info.flag_bits & 0x800 else "cp437"
                if file.read(long).decode(coding, "replace") != info.orig_filename:
                    raise Refused(f"压缩包里同一个文件有两个名字：{info.orig_filename!r}")
                # Folders and a descriptor of at most 24 bytes may lie between two entries.
                if info.header_offset < end:
                    raise Refused(f"压缩包里的文件互相重叠：{info.orig_filename!r}")
                starts[info.orig_filename] = info.header_offset + 30 + long + extra
                end = starts[info.orig_filename] + info.compress_size
            file.seek(-22, os.SEEK_END)
            tail = file.read()
            said = struct.unpack("<I", tail[16:20])[0]
            odd = comment or tail[:4] != b"PK\x05\x06" or said not in (directory, 0xFFFFFFFF)
            if end > directory or odd or (headers and headers[0].header_offset > 4096):
                raise Refused("压缩包里夹有不属于任何文件的内容")
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


def open_package(path: Path) -> Folder | Zip:
    if path.is_dir():
        return Folder(path)
    if path.is_file():
        return Zip(path)
    raise Refused(f"没有这个文件或文件夹：{path}")
