"""Close codes and error codes of the room's WebSocket, with their text."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

VERSION: Final = 1
MAX_MESSAGE_BYTES: Final = 64 * 1024


class Close(IntEnum):
    """Why the server closed the socket."""

    TICKET_INVALID = 4401
    NOT_ALLOWED = 4403
    HELLO_TIMEOUT = 4408
    REPLACED = 4409
    ROOM_CLOSED = 4410
    TOO_LARGE = 4413
    FLOODED = 4429


@dataclass(frozen=True, slots=True)
class CloseText:
    meaning: str
    reconnect: str


CLOSE_TEXTS: Final[dict[Close, CloseText]] = {
    Close.TICKET_INVALID: CloseText(
        "The ticket is wrong, older than 60 seconds, used already, or of another room.",
        "At once, with a new ticket by HTTP. After three in a row: stop and say so.",
    ),
    Close.NOT_ALLOWED: CloseText(
        "The member was taken out of the room, or is one that no socket may speak for.",
        "No. Re-read the page's state by HTTP.",
    ),
    Close.HELLO_TIMEOUT: CloseText(
        "No `hello` within 5 seconds of the handshake.", "Yes, with back-off."
    ),
    Close.REPLACED: CloseText(
        "A newer socket of the same member said `hello`: the newest wins.",
        "No. Offer the person a button to continue on this device.",
    ),
    Close.ROOM_CLOSED: CloseText(
        "The room is closing or closed.", "No. Re-read the page's state by HTTP."
    ),
    Close.TOO_LARGE: CloseText(
        "A message was larger than 64 KiB, or the client took nothing for 4 seconds of what the "
        "server had to say, or answered no ping for 5.",
        "Yes, with back-off.",
    ),
    Close.FLOODED: CloseText(
        "More than the bucket allows (30 messages a second, 60 at once; 64 KiB a second, 256 KiB "
        "at once), or more messages waited than the server holds for one socket.",
        "Yes, after 10 seconds at least.",
    ),
}


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What a person is told (`title`, `action`) and what a programmer must know (`meaning`)."""

    title: str
    action: str
    meaning: str


ERRORS: Final[dict[str, ErrorText]] = {
    "message_unknown": ErrorText(
        "页面与服务器的版本不一致",
        "请刷新页面后重试。",
        "The message's `type` is not one of version 1.",
    ),
    "message_invalid": ErrorText(
        "页面发送的内容无法识别",
        "请刷新页面后重试。",
        "Not a JSON object, or the field named in `field` is missing, of the wrong type, too long "
        "or out of range (`field` is empty where the message cannot be read at all).",
    ),
    "hello_expected": ErrorText(
        "页面还没有进入房间",
        "请刷新页面后重试。",
        "Any other message of version 1 before `welcome`.",
    ),
    "hello_repeated": ErrorText(
        "您已经在房间里了", "请继续操作，无须再次进入。", "A second `hello` on one socket."
    ),
    "ticket_invalid": ErrorText(
        "入会凭证已失效", "请重新点击“进入”。", "See close code 4401, which follows."
    ),
    "not_allowed": ErrorText(
        "您没有办理这一步的权限",
        "这一步由勘验人员操作；如需协助，请在聊天中说明。",
        "The member's role may not send this message. Checked anew for every message.",
    ),
    "not_admitted": ErrorText(
        "勘验人员还没有请您进入",
        "请在等候页稍候，勘验人员确认后会自动开始。",
        "A guest who waits in the lobby may not open media.",
    ),
    "replaced": ErrorText(
        "您已在另一台设备或另一个页面进入",
        "如需在这里继续，请点击“在此设备继续”。",
        "Said by `bye` alone, see close code 4409.",
    ),
    "room_closed": ErrorText(
        "本次视频勘验已结束", "请返回页面查看结果。", "See close code 4410, which follows."
    ),
    "member_revoked": ErrorText(
        "您已不在本次视频勘验中",
        "请返回页面查看当前安排；如有疑问，请致电审批局。",
        "See close code 4403, which follows.",
    ),
    "member_unknown": ErrorText(
        "没有找到这位参与人", "请等待名单更新后重试。", "No such guest in this room."
    ),
    "peer_unknown": ErrorText(
        "这一路音视频已经断开", "页面会自动重连，请稍候。", "No open peer of yours has this id."
    ),
    "source_unknown": ErrorText(
        "对方还没有打开画面",
        "对方打开后会自动显示，请稍候。",
        "`source` is no other member of this room.",
    ),
    "request_unknown": ErrorText(
        "这次拍照请求已经结束",
        "请等待勘验人员再次发起。",
        "No open request for a still has this id.",
    ),
    "guest_absent": ErrorText(
        "申请人现在不在线",
        "请等待对方重新进入，或用录像画面留存。",
        "A still or a device command needs an admitted guest who is online.",
    ),
    "media_unavailable": ErrorText(
        "音视频服务暂时不可用",
        "页面会自动重试；如一分钟内没有恢复，请改约或转为现场勘验。",
        "No media node is alive, or it gave no answer in time. Offer again after 1, 2, 4, then "
        "every 8 seconds.",
    ),
    "offer_invalid": ErrorText(
        "音视频没有接通",
        "请刷新页面重试；如仍不行，请换用系统浏览器打开。",
        "The session description cannot be read, or its sections have the wrong direction.",
    ),
    "codec_unsupported": ErrorText(
        "浏览器不支持本系统的视频格式",
        "请换用系统自带浏览器或最新版 Chrome 打开。",
        "A room holds VP8 and Opus only, and the offer has none of them.",
    ),
    "disk_full": ErrorText(
        "服务器存储空间不足，不能开始录制",
        "请立即联系管理员；没有录像不能开始勘验。",
        "The media node is below its floor of free space.",
    ),
    "room_full": ErrorText(
        "房间人数已满", "请等其他人退出后再进入。", "As many members publish as a room admits."
    ),
    "server_error": ErrorText(
        "服务器处理出错",
        "请重试一次；如仍出错，请联系管理员。",
        "A fault of the server, logged there. The socket stays usable; the message had no effect.",
    ),
}
