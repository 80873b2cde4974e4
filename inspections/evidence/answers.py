"""Bytes of evidence as HTTP answers: never inline, never sniffed, in ranges (RFC 9110 §14); and
as they come in."""

import re
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import UploadedFile

from fieldsvc.kernel import blobs
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.journal import Actor
from inspections.evidence import selectors, services

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
    pieces = _Pieces(blobs.store().open(stored.key), start, end - start)
    response = _FileAnswer(
        pieces,
        # Under ASGI Django would read a synchronous body whole into memory before the first byte.
        streaming_content=aiter(pieces) if isinstance(request, ASGIRequest) else iter(pieces),
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


def drawn_answer(jpeg: bytes, filename: str) -> HttpResponse:
    """A picture that this system drew anew, for a page to show."""
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    guard(response)
    return response


@contextmanager
def handed_in(
    file: UploadedFile | None, upload_id: UUID | None, *, actor: Actor
) -> Iterator[BinaryIO]:
    """The bytes of a form: in it, or in an upload of the actor's that was finished before (then
    that is forgotten once the block ends well). Refuses with `invalid` (neither),
    `upload_unknown`, `upload_incomplete`."""
    if upload_id is not None:
        with services.joined(selectors.access_upload(actor, upload_id)) as whole:
            yield whole
    elif file is not None:
        yield cast("BinaryIO", file.file)
    else:
        raise Invalid({"file": "必填"})


def is_first_piece(request: HttpRequest) -> bool:
    """Whether this is the beginning of a file: a player asks for the rest piece by piece."""
    return request.headers.get("Range", "bytes=0-").strip().startswith("bytes=0-")


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


class _FileAnswer(StreamingHttpResponse):
    """Closes its file even when not one piece was asked for."""

    def __init__(self, pieces: "_Pieces", **options: Any) -> None:
        super().__init__(**options)
        self._pieces = pieces

    def close(self) -> None:
        super().close()
        self._pieces.close()


class _Pieces:
    """A stretch of an open file, a piece at a time, for both kinds of server."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._file = file
        self._left = length
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._next():
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await to_thread(self._next):
            yield piece

    def close(self) -> None:
        self._file.close()

    def _next(self) -> bytes:
        piece = self._file.read(min(_CHUNK, self._left))
        self._left -= len(piece)
        return piece
