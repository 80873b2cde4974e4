"""The verbs of an inspection."""

from inspections.inspection.services.challenges import note_spoken, show_challenge
from inspections.inspection.services.closing import close, note_record_issued, note_room_closed
from inspections.inspection.services.conclusion import Conclusion, blockers_of, conclude, transfer
from inspections.inspection.services.conduct import Judgement, begin, record_finding
from inspections.inspection.services.evidence import (
    Upload,
    admit_recording_frame,
    admit_upload,
    check_frame_wish,
)
from inspections.inspection.services.forgetting import erase_contact
from inspections.inspection.services.onsite import locate, request_visit, return_to_video
from inspections.inspection.services.preparation import (
    ConsentAnswer,
    Place,
    answer_consent,
    applicant_ticket,
    inspector_ticket,
    report_place,
    save_pre_survey_item,
    submit_pre_survey,
)
from inspections.inspection.services.rectification import accept_item, return_item, submit
from inspections.inspection.services.scheduling import schedule
from inspections.inspection.states import TransferReason

__all__ = [
    "Conclusion",
    "ConsentAnswer",
    "Judgement",
    "Place",
    "TransferReason",
    "Upload",
    "accept_item",
    "admit_recording_frame",
    "admit_upload",
    "answer_consent",
    "applicant_ticket",
    "begin",
    "blockers_of",
    "check_frame_wish",
    "close",
    "conclude",
    "erase_contact",
    "inspector_ticket",
    "locate",
    "note_record_issued",
    "note_room_closed",
    "note_spoken",
    "record_finding",
    "report_place",
    "request_visit",
    "return_item",
    "return_to_video",
    "save_pre_survey_item",
    "schedule",
    "show_challenge",
    "submit",
    "submit_pre_survey",
    "transfer",
]
