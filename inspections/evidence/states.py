"""What a dossier and its pieces may be."""

from enum import StrEnum

from fieldsvc.kernel.labels import Labelled

# The name under which this machine stamps for itself; never that of an outside authority.
LOCAL_AUTHORITY = "local"
LOCAL_AUTHORITY_LABEL = "本机时间戳（测试）"


class DossierState(Labelled):
    OPEN = "OPEN", "归集中"
    SEALED = "SEALED", "已封存"


class EvidenceKind(Labelled):
    STILL = "STILL", "现场拍照"
    PHOTO = "PHOTO", "照片"
    CLIP = "CLIP", "短视频"
    VOICE = "VOICE", "录音"
    SEGMENT = "SEGMENT", "录像分段"
    SIGNATURE = "SIGNATURE", "签名"
    DOCUMENT = "DOCUMENT", "文书"


class Grade(Labelled):
    """How near to the place and the moment a picture was made; NONE for what is no picture."""

    LIVE_CAMERA = "LIVE_CAMERA", "现场相机直拍"
    RECORDING_FRAME = "RECORDING_FRAME", "录像截图"
    UPLOADED = "UPLOADED", "申请人上传"
    NONE = "", ""


class Purpose(StrEnum):
    """Which step of the work a piece was handed in for."""

    PRE_SURVEY = "PRE_SURVEY"
    STILL = "STILL"
    RECTIFICATION = "RECTIFICATION"
    RECORDING = "RECORDING"
    SIGNATURE = "SIGNATURE"
    RECORD = "RECORD"
    VISIT = "VISIT"


class DisposalState(Labelled):
    """销毁: one person proposes, another confirms."""

    PROPOSED = "PROPOSED", "待管理员确认"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    DONE = "DONE", "已销毁"


class CopyState(StrEnum):
    """A playable copy of the recording; it is derived and may be made anew at any time."""

    NONE = "NONE"
    WORKING = "WORKING"
    READY = "READY"
    FAILED = "FAILED"


class TokenState(Labelled):
    """A timestamp that was asked for; PENDING is a gap to be shown, never hidden."""

    PENDING = "PENDING", "待补"
    STAMPED = "STAMPED", "已取得"
    FAILED = "FAILED", "未能取得"
