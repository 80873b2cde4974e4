"""A case as an approval system hands it in."""

from typing import Any

from inspections.cases.rules import credit_code_digit
from tests.inspections.cast import PHONE


def credit_code(seventeen: str = "92370306MA3C0TE1X") -> str:
    return seventeen + credit_code_digit(seventeen)


def body(number: str = "KY-2026-000123", **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "service_item": "CY",
        "applicant": {"name": "张三小馆", "credit_code": credit_code()},
        "premises": {"name": "张三小馆", "address": "淄博市周村区丝绸路 88 号"},
        "contact": {"name": "李申请", "phone": PHONE},
        "callback_url": "http://127.0.0.1:9/results",
        **changes,
    }
