"""The words of docs/glossary.md and the synonyms that may not stand for them in a name.

A synonym is looked for as a whole word of an identifier (`case_worker` holds `worker`), in the
domain packages only: the kernel and the media engine know no domain word at all.
"""

# synonym → the word of the house
SYNONYMS = {
    "tenant": "bureau",
    "agency": "bureau",
    "office": "bureau",
    "matter": "service_item",
    "service_type": "service_item",
    "petitioner": "applicant",
    "citizen": "applicant",
    "customer": "applicant",
    "proxy_holder": "agent",
    "courier": "delegate",
    "audit": "inspection",
    "precheck": "pre_survey",
    "self_check": "pre_survey",
    "recheck": "reinspection",
    "examiner": "inspector",
    "surveyor": "inspector",
    "officer": "inspector",
    "checkitem": "item",
    "defect": "finding",
    "deficiency": "finding",
    "ruling": "outcome",
    "correction": "rectification",
    "remediation": "rectification",
    "fix": "rectification",
    "reservation": "booking or appointment",
    "timeslot": "slot",
    "noshow": "no_show",
    "casefile": "dossier",
    "attachment": "evidence_item",
    "snapshot": "still",
    "screenshot": "still",
    "archive": "seal",
    "minutes_record": "record",
    "meeting": "room",
    "invite": "ticket",
    "invitation": "ticket",
    "due_date": "deadline",
    "notification": "notice",
    "complaint_followup": "follow_up",
    "callback_visit": "follow_up",
    "door_hint": "door_note",
    "grievance": "unresolved",
    "bottleneck": "obstacle",
    "weekly_digest": "weekly_report",
}

# Words that are right in one place: (file, synonym), each with its reason.
ALLOWED: dict[tuple[str, str], str] = {
    ("inspections/people/states.py", "officer"): "the fourth level of 包联责任制, no inspector",
}
