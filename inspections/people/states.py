"""What a member of staff may be."""

from enum import StrEnum


class Role(StrEnum):
    INSPECTOR = "INSPECTOR"
    DISPATCHER = "DISPATCHER"
    HEAD = "HEAD"
    ADMINISTRATOR = "ADMINISTRATOR"
    AUDITOR = "AUDITOR"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.INSPECTOR: "勘验人员",
    Role.DISPATCHER: "调度员",
    Role.HEAD: "科室负责人",
    Role.ADMINISTRATOR: "系统管理员",
    Role.AUDITOR: "审计员",
}
