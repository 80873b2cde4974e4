"""The words of a room, with their Chinese labels. No framework."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a member is in a room."""

    HOST = "HOST"
    GUEST = "GUEST"
    RECORDER = "RECORDER"


class Life(StrEnum):
    """The life of a room; it never goes back."""

    OPEN = "OPEN"
    CLOSING = "CLOSING"
    CLOSED = "CLOSED"


class Link(StrEnum):
    """How a member's media arrive at the server."""

    GOOD = "GOOD"
    WEAK = "WEAK"
    LOST = "LOST"


class Recording(StrEnum):
    """What everyone in the room must know of the recording."""

    OFF = "OFF"
    ON = "ON"
    ALARM = "ALARM"


class Direction(StrEnum):
    """Which way the media of a peer connection go, seen from the browser."""

    PUBLISH = "PUBLISH"
    SUBSCRIBE = "SUBSCRIBE"


class StillState(StrEnum):
    """What became of a request for a still."""

    REQUESTED = "REQUESTED"
    DONE = "DONE"
    FAILED = "FAILED"


class PeerEnd(StrEnum):
    """Why a peer connection is over; the words of `peer.closed`."""

    CLOSED_BY_MEMBER = "closed_by_member"
    REPLACED = "replaced"
    NO_PACKETS = "no_packets"
    NOT_CONNECTED = "not_connected"
    FAILED = "failed"
    REFUSED = "refused"
    MEMBER_GONE = "member_gone"
    MEDIA_RESTARTED = "media_restarted"
    ROOM_CLOSED = "room_closed"


class Lobby(StrEnum):
    """What a list of rooms shows of one of them."""

    EMPTY = "EMPTY"
    WAITING = "WAITING"
    IN_CALL = "IN_CALL"


class Level(StrEnum):
    """What of a member's media the line carries; stepped down and up by itself."""

    HD = "HD"
    SD = "SD"
    VOICE_STILLS = "VOICE_STILLS"


class ViewLevel(StrEnum):
    """What one viewer is sent of a source's pictures, as the line to that viewer bears it."""

    FULL = "FULL"
    HALF = "HALF"
    QUARTER = "QUARTER"
    VOICE = "VOICE"


class LevelReason(StrEnum):
    """Why a level was left for another."""

    BANDWIDTH = "bandwidth"
    PROCESSOR = "processor"
    BATTERY = "battery"
    RECOVERED = "recovered"
    RECONNECTED = "reconnected"


class Condition(StrEnum):
    """What hinders a member's media, in the words of its page."""

    PHONE_CALL = "phone_call"
    BACKGROUND = "background"
    NETWORK_CHANGE = "network_change"
    CAMERA_TAKEN = "camera_taken"
    MUTED = "muted"
    BATTERY_LOW = "battery_low"


class Cause(StrEnum):
    """Why a stretch of the guest's picture is in no segment; every second has one of these."""

    BEFORE_KEY_FRAME = "before_key_frame"
    PACKET_LOSS = "packet_loss"
    LATE = "late"
    RECONNECT = "reconnect"
    PEER_LOST = "peer_lost"
    TRACK_SILENT = "track_silent"
    DISK_FULL = "disk_full"
    WRITE_FAILED = "write_failed"
    BACKLOG = "backlog"
    CRASH = "crash"
    MEDIA_RESTARTED = "media_restarted"
    NOT_PUBLISHING = "not_publishing"
    PHONE_CALL = "phone_call"
    BACKGROUND = "background"
    NETWORK_CHANGE = "network_change"
    CAMERA_TAKEN = "camera_taken"
    MUTED = "muted"
    BATTERY_LOW = "battery_low"
    UNEXPLAINED = "unexplained"


LIFE_LABELS: Final = {Life.OPEN: "开放", Life.CLOSING: "正在收尾", Life.CLOSED: "已关闭"}
LINK_LABELS: Final = {Link.GOOD: "良好", Link.WEAK: "较弱", Link.LOST: "中断"}
LEVEL_LABELS: Final = {
    Level.HD: "高清",
    Level.SD: "标清",
    Level.VOICE_STILLS: "语音和照片",
}
CONDITION_LABELS: Final = {
    Condition.PHONE_CALL: "来电占用",
    Condition.BACKGROUND: "页面在后台",
    Condition.NETWORK_CHANGE: "正在切换网络",
    Condition.CAMERA_TAKEN: "摄像头被其他应用占用",
    Condition.MUTED: "已静音或关闭画面",
    Condition.BATTERY_LOW: "电量不足",
}
RECORDING_LABELS: Final = {
    Recording.OFF: "未录制",
    Recording.ON: "录制中",
    Recording.ALARM: "录制异常",
}
CAUSE_LABELS: Final = {
    Cause.BEFORE_KEY_FRAME: "等待首个完整画面",
    Cause.PACKET_LOSS: "网络丢包",
    Cause.LATE: "数据到达过晚",
    Cause.RECONNECT: "网络中断后重连",
    Cause.PEER_LOST: "连接中断",
    Cause.TRACK_SILENT: "摄像头没有送出画面",
    Cause.DISK_FULL: "服务器存储空间不足",
    Cause.WRITE_FAILED: "服务器写入失败",
    Cause.BACKLOG: "服务器处理不及",
    Cause.CRASH: "录制服务意外终止",
    Cause.MEDIA_RESTARTED: "录制服务重启",
    Cause.NOT_PUBLISHING: "申请人未打开画面",
    Cause.PHONE_CALL: "申请人手机来电",
    Cause.BACKGROUND: "申请人切到其他应用",
    Cause.NETWORK_CHANGE: "申请人手机切换网络",
    Cause.CAMERA_TAKEN: "摄像头被其他应用占用",
    Cause.MUTED: "申请人关闭声音或画面",
    Cause.BATTERY_LOW: "申请人手机电量不足",
    Cause.UNEXPLAINED: "原因不明",
}
