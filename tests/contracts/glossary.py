"""The words of docs/glossary.md and the synonyms that may not stand for them in a name.

A synonym is looked for as a whole word of an identifier (`case_worker` holds `worker`), in the
domain packages only: the kernel and the media engine know no domain word at all.
"""

# synonym → the word of the house
SYNONYMS = {
    "examiner": "inspector",
    "surveyor": "inspector",
    "snapshot": "still",
    "screenshot": "still",
    "reservation": "booking or appointment",
    "timeslot": "slot",
    "ruling": "outcome",
    "defect": "finding",
    "deficiency": "finding",
    "correction": "rectification",
    "remediation": "rectification",
    "petitioner": "applicant",
    "citizen": "applicant",
    "proxy_holder": "agent",
    "courier": "delegate",
    "casefile": "dossier",
    "minutes_record": "inspection_record",
    "meeting": "room",
    "invite": "ticket",
    "invitation": "ticket",
    "complaint_followup": "follow_up",
    "callback_visit": "follow_up",
    "noshow": "no_show",
    "tenant": "bureau",
    "agency": "bureau",
    "checkitem": "checkpoint",
}

# Words that are right in one place: (file, synonym), each with its reason.
ALLOWED: dict[tuple[str, str], str] = {}
