"""The verbs of people."""

from inspections.people.services.absences import report_absence, revoke_absence
from inspections.people.services.accounts import (
    NewStaff,
    add_bureau,
    add_client,
    add_staff,
    sign_in,
    sign_out,
)
from inspections.people.services.delegates import DelegateChange, change_delegate
from inspections.people.services.links import (
    Addressee,
    Opened,
    end_session,
    issue_link,
    open_link,
    resend,
)
from inspections.people.services.responsibility import (
    NewTeam,
    set_expert_team,
    set_responsibility,
)
from inspections.people.services.workforce import (
    NewProfile,
    NewShift,
    NewSkill,
    add_area,
    assign_areas,
    drop_skill,
    except_shift,
    hold_skill,
    set_photo,
    set_profile,
    set_shifts,
    set_skills,
)

__all__ = [
    "Addressee",
    "DelegateChange",
    "NewProfile",
    "NewShift",
    "NewSkill",
    "NewStaff",
    "NewTeam",
    "Opened",
    "add_area",
    "add_bureau",
    "add_client",
    "add_staff",
    "assign_areas",
    "change_delegate",
    "drop_skill",
    "end_session",
    "except_shift",
    "hold_skill",
    "issue_link",
    "open_link",
    "report_absence",
    "resend",
    "revoke_absence",
    "set_expert_team",
    "set_photo",
    "set_profile",
    "set_responsibility",
    "set_shifts",
    "set_skills",
    "sign_in",
    "sign_out",
]
