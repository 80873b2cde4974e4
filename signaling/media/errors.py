"""Refusals of the media engine: stable codes, no framework, no text for people."""

from typing import ClassVar


class MediaRefused(Exception):
    """The engine did not do what was asked; nothing was changed."""

    code: ClassVar[str] = "media_refused"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class RoomUnknown(MediaRefused):
    """The room is not open on this node."""

    code = "room_unknown"


class SourceUnknown(MediaRefused):
    """The member publishes nothing in this room (or no picture yet, for a still)."""

    code = "source_unknown"


class PeerUnknown(MediaRefused):
    """No peer connection with this id on this node."""

    code = "peer_unknown"


class OfferInvalid(MediaRefused):
    """The session description cannot be read, or has the wrong directions or sections."""

    code = "offer_invalid"


class CodecUnsupported(MediaRefused):
    """A section offers neither VP8 (video) nor Opus (audio): a room holds only these."""

    code = "codec_unsupported"


class DiskFull(MediaRefused):
    """Less free space than the floor: a recording that may tear is not started."""

    code = "disk_full"


class RoomFull(MediaRefused):
    """The room holds as many publishing members as this node admits."""

    code = "room_full"
