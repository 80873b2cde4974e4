"""Files that nobody should open unprotected, made on the spot."""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin

from tests.inspections.pictures import clip_bytes, picture_bytes

SCRIPT = b"<html><script>alert(document.cookie)</script></html>"
HOLDS = ("JPEG", "PNG", "WEBP", "HEIF")
_MAGIC = {
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "webp": b"RIFF\xff\xff\x00\x00WEBPVP8 ",
    "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
    "webm": b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f",
}
_FOREIGN = ("BMP", "GIF", "TIFF", "ICO", "PPM", "TGA", "PCX", "SGI", "DDS", "JPEG2000", "ICNS")
_TEXTS = {
    "svg script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg file": b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<svg>&x;</svg>",
    "svg link": b'<svg><image href="http://127.0.0.1/admin"/></svg>',
    "html": SCRIPT,
    "html comment": b"<!-- x -->" + SCRIPT,
    "javascript": b"fetch('/api/me')",
    "php": b"<?php system($_GET['c']); ?>",
    "shell": b"#!/bin/sh\nid\n",
    "hls": b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "hls net": b"#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/latest/meta-data\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n",
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n",
    "exe": b"MZ" + b"\x90" * 200,
    "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
    "imagemagick": b"push graphic-context\nfill 'url(https://x/\"|id\")'\npop graphic-context\n",
}


def refused() -> Iterator[tuple[str, bytes]]:
    """Must not be taken."""
    noise = random.Random(7)
    yield "nothing", b""
    yield "one byte", b"\xff"
    for size in (16, 4_000, 400_000):
        yield f"noise {size}", noise.randbytes(size)
    yield from _TEXTS.items()
    for name, magic in _MAGIC.items():
        yield f"{name} and zeros", magic + bytes(5_000)
        yield f"{name} and noise", magic + noise.randbytes(5_000)
        yield f"{name} and html", magic + SCRIPT * 20
    for kind in _FOREIGN:
        yield f"foreign {kind}", _saved(Image.new("RGB", (64, 64), "red"), kind)
    for kind in HOLDS:
        whole = picture_bytes(kind)
        for part in (0.1, 0.5, 0.9):
            yield f"{kind} cut at {part}", whole[: int(len(whole) * part)]
    for suffix in ("mp4", "webm"):
        yield f"{suffix} cut", clip_bytes(suffix)[:300]
    yield "zip", _zip({"a.html": SCRIPT})
    yield "zip bomb", _zip({"a": bytes(20_000_000)})
    yield "gzip bomb", gzip.compress(bytes(20_000_000))
    yield from _bombs()


def _bombs() -> Iterator[tuple[str, bytes]]:
    yield "png of 169 Mpx", _saved(Image.new("1", (13_000, 13_000)), "PNG")
    yield "png of 81 Mpx", _saved(Image.new("1", (9_000, 9_000)), "PNG")
    yield "png that claims 2^62", _png(2**31 - 1, 2**31 - 1)
    yield "png one pixel high", _png(2**31 - 1, 1)
    yield "png of no size", _png(0, 0)
    yield "jpeg that claims 4 Gpx", _jpeg_claiming(65_500, 65_500)
    yield "jpeg that claims 39 Mpx and ends", _jpeg_claiming(6_000, 6_500)[:2_000]
    webp = bytearray(_saved(Image.new("RGB", (64, 64)), "WEBP", lossless=True))
    webp[21:25] = struct.pack("<I", 0x0FFFFFFF)
    yield "webp that claims 268 Mpx", bytes(webp)
    text = zlib.compress(bytes(80_000_000))
    yield "png with a text that unfolds", _png(64, 64, (b"zTXt", b"a\0\0" + text))


def taken() -> Iterator[tuple[str, bytes]]:
    """Real pictures with something in or behind them: only a clean derivative may be shown."""
    jpeg, png = picture_bytes(), picture_bytes("PNG")
    yield "jpeg and html", jpeg + SCRIPT
    yield "jpeg and zip", jpeg + _zip({"x.html": SCRIPT})
    yield "jpeg and php", jpeg + _TEXTS["php"]
    yield "png and javascript", png + _TEXTS["javascript"]
    yield "jpeg with a script for a comment", _saved(_open(jpeg), "JPEG", comment=SCRIPT)
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    yield "png with a script for a text", _saved(_open(png), "PNG", pnginfo=words)
    for kind in HOLDS:
        yield f"{kind} with a place", picture_bytes(kind, gps=True)
    yield "jpeg with a profile", _saved(_open(jpeg), "JPEG", icc_profile=SCRIPT * 50)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPSLatitude 36,48.1N</x:xmpmeta>"
    yield "jpeg with xmp", jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp + jpeg[2:]
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "green", "blue")]
    yield "png of many frames", _saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    yield "webp of many frames", _saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16", "CMYK"):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        yield f"{kind} in {mode}", _saved(Image.new(mode, (50, 40)), kind)


def flipped() -> Iterator[tuple[str, bytes]]:
    """May be taken or not; must do no harm."""
    noise = random.Random(11)
    for kind in HOLDS:
        whole = picture_bytes(kind)
        for number in range(4):
            spoiled = bytearray(whole)
            for _ in range(12):
                spoiled[noise.randrange(20, len(whole))] = noise.randrange(256)
            yield f"{kind} flipped {number}", bytes(spoiled)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in files.items():
            box.writestr(name, data)
    return target.getvalue()


def _png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000))
    parts = [(b"IHDR", head), *chunks, (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _jpeg_claiming(width: int, height: int) -> bytes:
    data = bytearray(picture_bytes())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)
