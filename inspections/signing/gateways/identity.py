"""An identity service over HTTP: name and citizen's number in, one word out.

Question: POST, JSON `{"name", "number"}`, `Authorization: Bearer …`. Answer: 200 with JSON
`{"result": "matched" | "different", "reference"}`. Everything else is no answer, which is said and
keeps nobody from signing.
"""

import json
import logging
from dataclasses import dataclass

from django.conf import settings

from inspections.signing.gateways import http
from inspections.signing.services.outside import Found
from inspections.signing.states import IdentityResult

logger = logging.getLogger(__name__)

_SAID = {"matched": IdentityResult.MATCHED, "different": IdentityResult.DIFFERENT}


@dataclass(frozen=True, slots=True)
class HttpIdentity:
    name: str
    url: str
    token: str
    deadline: float = http.DEADLINE

    @classmethod
    def configured(cls) -> "HttpIdentity":
        return cls(settings.IDENTITY_NAME, settings.IDENTITY_URL, settings.IDENTITY_TOKEN)

    def check(self, name: str, number: str) -> Found:
        headers = [
            (b"Content-Type", b"application/json"),
            (b"Authorization", f"Bearer {self.token}".encode()),
        ]
        body = json.dumps({"name": name, "number": number}, ensure_ascii=False).encode()
        try:
            answer = http.post(self.url, body, headers, deadline=self.deadline)
        except http.NoAnswer as failed:
            return self._unavailable(failed.code)
        if answer.status != 200:
            return self._unavailable(f"status_{answer.status}")
        try:
            said = json.loads(answer.body)
            return Found(_SAID[said["result"]], str(said["reference"])[:64])
        except (ValueError, KeyError, TypeError):
            return self._unavailable("not_understood")

    def _unavailable(self, code: str) -> Found:
        told = {"service": self.name, "code": code}
        logger.warning("no answer about an identity", extra=told)
        return Found(IdentityResult.UNAVAILABLE)
