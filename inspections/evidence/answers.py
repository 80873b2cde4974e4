"""Bytes of evidence as HTTP answers: never inline, never sniffed, in ranges (RFC 9110 §14)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from fieldsvc.kernel import blobs

_CHUNK = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Stored:
    """What to answer with; `inline` only for bytes this system encoded itself."""

    key: str
    size: int
    media_type: str
    filename: str
    inline: bool = False


def blob_answer(request: HttpRequest, stored: Stored) -> HttpResponseBase:
    """The blob, or the one range asked for (206, 416); several ranges get the whole."""
    span = _span(request.headers.get("Range", ""), stored.size)
    if span is None:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{stored.size}"
        return refused
    start, end = span
    partial = end - start < stored.size
    response = StreamingHttpResponse(
        _pieces(blobs.store().open(stored.key), start, end - start),
        status=206 if partial else 200,
        content_type=stored.media_type,
    )
    if partial:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    disposition = "inline" if stored.inline else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="{stored.filename}"'
    guard(response)
    return response


def guard(response: HttpResponseBase) -> None:
    """Whatever the bytes pretend to be, a browser runs nothing of them."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"


def _span(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of what to send; None when the range cannot be satisfied."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start = int(first)
        end = min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


def _pieces(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk
