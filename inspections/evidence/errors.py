"""Why a piece of evidence is not taken."""

from fieldsvc.kernel.errors import Conflict, Invalid, NotFound, Refusal, TooMany


class FilesDisposed(NotFound):
    code = "files_disposed"
    status = 410
    title = "保管期限已满，这份文件已按期销毁"
    action = "文件不能恢复；它的摘要、销毁证明和日志仍可核验。如需了解，请联系保管案卷的单位。"


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


class VoiceUnusable(Refusal):
    code = "voice_unusable"
    status = 415
    title = "这段录音听不了，或超过三分钟"
    action = "请重新录一段，三分钟以内；说不完的，可以写成文字。"


class ImageTooLarge(Refusal):
    code = "image_too_large"
    status = 413
    title = "文件太大"
    action = "照片请不超过 30 MB、4000 万像素，视频请不超过 200 MB。可以用手机直接重新拍一张。"


class DossierUnknown(NotFound):
    code = "dossier_unknown"
    title = "没有找到这份案卷"
    action = "请返回案卷列表重新打开。"


class NotYetSealed(Conflict):
    code = "dossier_not_sealed"
    title = "案卷还没有封存，不能销毁"
    action = "请在勘验办结、案卷封存后，按保管期限办理。"


class RetentionRunning(Conflict):
    code = "retention_running"
    title = "保管期限还没有届满，不能销毁"
    action = "请在期限届满后再提出；永久保管的案卷不销毁。"


class LegalHoldStands(Conflict):
    code = "legal_hold"
    title = "案卷已被冻结保全，不能销毁"
    action = "请先由负责人解除冻结；涉诉、复议、审计期间请继续保管。"


class DisposalUnknown(Conflict):
    code = "disposal_not_proposed"
    title = "这份案卷没有待办的销毁申请"
    action = "请刷新页面；如需销毁，先由科室负责人提出。"


class DisposalProposed(Conflict):
    code = "disposal_proposed"
    title = "这份案卷已经提出或完成销毁"
    action = "请刷新页面查看办理情况。"


class SamePerson(Conflict):
    code = "disposal_same_person"
    title = "提出和确认销毁不能是同一个人"
    action = "请由另一位系统管理员确认。"


class EvidenceUnknown(NotFound):
    code = "evidence_unknown"
    title = "没有找到这份材料"
    action = "请刷新页面后再试。"


class RecordingMissing(NotFound):
    code = "recording_not_found"
    title = "还没有可用的录像"
    action = "录像在视频勘验开始后生成，请稍后再看。"


class ChallengeUnknown(Conflict):
    code = "challenge_unknown"
    title = "没有这个时间口令"
    action = "请刷新页面，重新显示一个时间口令。"


class UploadUnknown(NotFound):
    code = "upload_unknown"
    title = "没有找到这次上传，可能已经过期"
    action = "请重新上传这个文件。"


class UploadOffset(Conflict):
    """`fields.offset` is how many bytes are here."""

    code = "upload_offset"
    title = "续传的位置对不上"
    action = "请按服务器已收到的字节数继续上传。"


class UploadIncomplete(Conflict):
    code = "upload_incomplete"
    title = "文件还没有传完"
    action = "请等文件传完后再提交。"


class UploadDamaged(Refusal):
    """460 is the tus checksum extension's own status."""

    code = "upload_damaged"
    status = 460
    title = "这一段在传输中发生了变化"
    action = "请重新发送这一段；如果反复出现，请换一个网络。"


class UploadMalformed(Refusal):
    code = "upload_malformed"
    status = 400
    title = "上传请求的格式不对"
    action = "请按 tus 1.0.0 的要求填写请求头。"


class UploadVersion(Refusal):
    code = "upload_version"
    status = 412
    title = "上传协议的版本不对"
    action = "请使用 tus 1.0.0。"


class UploadMediaType(Refusal):
    code = "upload_media_type"
    status = 415
    title = "续传内容的类型不对"
    action = "请以 application/offset+octet-stream 发送。"


class UploadsOpen(TooMany):
    code = "uploads_open"
    title = "没有传完的文件太多"
    action = "请先传完或取消已经开始的文件，再传新的。"
