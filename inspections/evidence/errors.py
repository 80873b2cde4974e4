"""Why a piece of evidence is not taken."""

from fieldsvc.kernel.errors import Conflict, Invalid, NotFound, Refusal


class EvidenceClosed(Conflict):
    code = "evidence_closed"
    title = "案卷已经封存，不能再增加材料"
    action = "如需补充，请联系审批局工作人员另行登记。"


class DigestMismatch(Invalid):
    code = "digest_mismatch"
    title = "文件在传输中发生了变化"
    action = "请重新上传一次；如果反复出现，请换一个网络。"


class MediaUnsupported(Refusal):
    code = "media_unsupported"
    status = 415
    title = "这个文件打不开，或不是可用的照片、视频"
    action = "请重新拍摄后上传。照片支持 JPEG、PNG、WebP、HEIC,视频支持 MP4、WebM。"


class ImageTooLarge(Refusal):
    code = "image_too_large"
    status = 413
    title = "文件太大"
    action = "照片请不超过 30 MB、4000 万像素，视频请不超过 200 MB。可以用手机直接重新拍一张。"


class EvidenceUnknown(NotFound):
    code = "evidence_unknown"
    title = "没有找到这份材料"
    action = "请刷新页面后再试。"


class RecordingMissing(NotFound):
    code = "recording_not_found"
    title = "还没有可用的录像"
    action = "录像在视频勘验开始后生成，请稍后再看。"


class ChallengeUnknown(NotFound):
    code = "challenge_unknown"
    title = "没有这个时间口令"
    action = "请刷新页面，重新显示一个时间口令。"
