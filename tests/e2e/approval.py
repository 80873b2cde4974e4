"""The approval system: hands in a case by API and waits for the result."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import httpx

from fieldsvc.kernel import ids
from tests.support.until import until

LINK = re.compile(r"https?://\S+/j/#[\w-]+")
CODE = re.compile(r"签名验证码(\d{6})\D.*尾号([0-9a-f]{6})")
PREMISES = {
    "name": "张三小馆",
    "address": "山东省淄博市周村区丝绸路街道大街路126号",
    "longitude": 117.8698,
    "latitude": 36.8036,
}


@dataclass
class ApprovalSystem:
    url: str
    api_key: str

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}

    def hand_in(
        self, number: str, callback_url: str, *, service_item: str = "CY"
    ) -> httpx.Response:
        """Post a case; the answer is the caller's to judge."""
        body = {
            "number": number,
            "service_item": service_item,
            "applicant": {
                "name": "周村区张三小馆(个体工商户)",
                "credit_code": "92370306MA3C00001F",
            },
            "premises": PREMISES,
            "contact": {"name": "张三", "phone": "13805331234"},
            "callback_url": callback_url,
        }
        return self.post("/api/cases", body)

    def post(self, path: str, body: object, *, key: str | None = None) -> httpx.Response:
        headers = self._headers | {"Idempotency-Key": key or str(ids.new())}
        return httpx.post(f"{self.url}{path}", json=body, headers=headers, timeout=60)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=self._headers, timeout=60)


def links_to(folder: Path, number: str) -> list[str]:
    """Every link that an SMS about this case carried, oldest first."""
    return [
        found.group() for text in _texts(folder) if number in text and (found := LINK.search(text))
    ]


def wait_for_link(folder: Path, number: str) -> str:
    return until(lambda: links_to(folder, number), seconds=60, what="the SMS with the link")[-1]


def wait_for_code(folder: Path, fingerprint: str) -> str:
    """The newest code for signing the document whose digest ends like this."""

    def look() -> list[str]:
        found = [hit.groups() for text in _texts(folder) if (hit := CODE.search(text))]
        return [code for code, end in found if end == fingerprint]

    return until(look, seconds=60, what="the SMS with the code")[-1]


def _texts(folder: Path) -> list[str]:
    file = folder / "sms" / "sms.jsonl"
    if not file.exists():
        return []
    return [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
