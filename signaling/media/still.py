"""A still from the recording: the lower-grade fallback beside the phone's own photograph."""

import io

import av

from signaling.media.errors import SourceUnknown

JPEG_QUALITY = 92


def decode_last(pictures: list[bytes]) -> bytes:
    """Decode a key frame and its followers; the last picture as JPEG. Runs in a thread."""
    decoder = av.CodecContext.create("libvpx", "r")
    last: av.VideoFrame | None = None
    for data in pictures:
        for frame in decoder.decode(av.Packet(data)):
            if isinstance(frame, av.VideoFrame):
                last = frame
    if last is None:
        raise SourceUnknown("no picture yet")
    out = io.BytesIO()
    last.to_image().save(  # type: ignore[no-untyped-call]
        out, "JPEG", quality=JPEG_QUALITY
    )
    return out.getvalue()
