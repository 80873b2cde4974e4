"""Refusals of rooms. The text is the protocol's, so that HTTP and WebSocket say the same."""

from fieldsvc.kernel.errors import Conflict, NotAllowed, NotFound, Refusal, Unavailable
from signaling.protocol import ERRORS


class _Refused(Refusal):
    """Takes title and action from the protocol's table by its code."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.code in ERRORS:
            cls.title = ERRORS[cls.code].title
            cls.action = ERRORS[cls.code].action


class TicketInvalid(_Refused):
    code = "ticket_invalid"
    status = 401


class RoleNotAllowed(_Refused, NotAllowed):
    """The kernel's `not_allowed`, said in a room."""

    code = "not_allowed"


class NotAdmitted(_Refused):
    code = "not_admitted"
    status = 403


class Replaced(_Refused, Conflict):
    code = "replaced"


class RoomClosed(_Refused, Conflict):
    code = "room_closed"


class MemberRevoked(_Refused):
    code = "member_revoked"
    status = 403


class MemberUnknown(_Refused, NotFound):
    code = "member_unknown"


class PeerUnknown(_Refused, NotFound):
    code = "peer_unknown"


class SourceUnknown(_Refused, NotFound):
    code = "source_unknown"


class RequestUnknown(_Refused, NotFound):
    code = "request_unknown"


class GuestAbsent(_Refused, Conflict):
    code = "guest_absent"


class MediaUnavailable(_Refused, Unavailable):
    code = "media_unavailable"


class MediaRefused(_Refused, Conflict):
    """The media node refused; `reason` is its code, one of the protocol's errors."""

    code = "media_refused"
    title = "音视频服务没有接受这一步"
    action = "请稍后重试；如仍不行，请联系管理员。"

    def __init__(self, reason: str) -> None:
        super().__init__({"reason": reason})
        self.reason = reason
