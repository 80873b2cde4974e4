"""What a dossier and its pieces may be."""

from enum import StrEnum


class DossierState(StrEnum):
    OPEN = "OPEN"
    SEALED = "SEALED"

    @property
    def label(self) -> str:
        return {DossierState.OPEN: "归集中", DossierState.SEALED: "已封存"}[self]


class EvidenceKind(StrEnum):
    STILL = "STILL"
    PHOTO = "PHOTO"
    CLIP = "CLIP"
    SEGMENT = "SEGMENT"
    SIGNATURE = "SIGNATURE"
    DOCUMENT = "DOCUMENT"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS = {
    EvidenceKind.STILL: "现场拍照",
    EvidenceKind.PHOTO: "照片",
    EvidenceKind.CLIP: "短视频",
    EvidenceKind.SEGMENT: "录像分段",
    EvidenceKind.SIGNATURE: "签名",
    EvidenceKind.DOCUMENT: "文书",
}


class Grade(StrEnum):
    """How near to the place and the moment a picture was made; NONE for what is no picture."""

    LIVE_CAMERA = "LIVE_CAMERA"
    RECORDING_FRAME = "RECORDING_FRAME"
    UPLOADED = "UPLOADED"
    NONE = ""

    @property
    def label(self) -> str:
        return GRADE_LABELS[self]


GRADE_LABELS = {
    Grade.LIVE_CAMERA: "现场相机直拍",
    Grade.RECORDING_FRAME: "录像截图",
    Grade.UPLOADED: "申请人上传",
    Grade.NONE: "",
}


class Purpose(StrEnum):
    """Which step of the work a piece was handed in for."""

    PRE_SURVEY = "PRE_SURVEY"
    STILL = "STILL"
    RECTIFICATION = "RECTIFICATION"
    RECORDING = "RECORDING"
    SIGNATURE = "SIGNATURE"
    RECORD = "RECORD"
    VISIT = "VISIT"


class CopyState(StrEnum):
    """A playable copy of the recording; it is derived and may be made anew at any time."""

    NONE = "NONE"
    WORKING = "WORKING"
    READY = "READY"
    FAILED = "FAILED"
