"""Staff and citizens as the API meets them: own cookies each, every write with a key."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

from fieldsvc.kernel import ids
from tests.support.until import until

LINK = re.compile(r"https?://\S+/j/#([\w-]+)")


class Refused(Exception):
    """An answer that says no: `status`, the stable `code`, and the whole problem."""

    def __init__(self, call: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{call}: {status} {json.dumps(problem, ensure_ascii=False)}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.problem = problem


class Caller:
    """One browser."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api", timeout=30)
        self._token = self._http.get("/csrf").json()["csrf_token"]

    def get(self, path: str, **query: str) -> Any:
        return self._read("GET", path, self._http.get(path, params=query))

    def post(self, path: str, body: object | None = None) -> Any:
        answer = self._http.post(path, json=body or {}, headers=self._headers())
        return self._read("POST", path, answer)

    def upload(self, path: str, picture: bytes, form: dict[str, str]) -> Any:
        files = {"file": ("a.jpg", picture, "image/jpeg")}
        answer = self._http.post(path, data=form, files=files, headers=self._headers())
        return self._read("POST", path, answer)

    def download(self, path: str, **query: str) -> bytes:
        answer = self._http.get(path, params=query)
        answer.raise_for_status()
        return answer.content

    def _headers(self) -> dict[str, str]:
        return {"Idempotency-Key": str(ids.new()), "X-CSRFToken": self._token}

    def _read(self, method: str, path: str, answer: httpx.Response) -> Any:
        if answer.is_error:
            kind = answer.headers.get("content-type", "")
            problem = answer.json() if "json" in kind else {"text": answer.text[:300]}
            raise Refused(f"{method} {path}", answer.status_code, problem)
        return answer.json() if answer.content else None


class Staff(Caller):
    """A member of staff, signed in."""

    def __init__(self, url: str, username: str, password: str) -> None:
        super().__init__(url)
        self.me = self.post("/session", {"username": username, "password": password})
        self._token = self.me["csrf_token"]

    @property
    def id(self) -> str:
        return str(self.me["id"])

    @property
    def name(self) -> str:
        return str(self.me["name"])


class Citizen(Caller):
    """Somebody who taps the newest link that an SMS to `phone` carried for that purpose."""

    def __init__(self, url: str, folder: Path, phone: str, *, purpose: str) -> None:
        super().__init__(url)
        self.link = newest_link(folder, phone, purpose)
        opened = self.post("/join/open", {"token": self.link})
        assert opened["purpose"] == purpose, opened
        self._token = self._http.cookies.get("csrftoken") or self._token


def newest_link(folder: Path, phone: str, purpose: str) -> str:
    """The token in the last message to that phone whose words fit the purpose."""
    # The promise carried a link, too; the one of the departure has taken its place.
    word = {"VISIT": "已出发", "RATING": "评价"}[purpose]
    found: list[str] = []

    def look() -> bool:
        found[:] = [
            match.group(1)
            for text in messages(folder, phone)
            if re.search(word, text) and ("评价" in text) == (purpose == "RATING")
            for match in [LINK.search(text)]
            if match
        ]
        return bool(found)

    until(look, seconds=30, what=f"a message with a {purpose} link")
    return found[-1]


def messages(folder: Path, phone: str) -> list[str]:
    file = folder / "sms" / "sms.jsonl"
    if not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [line["text"] for line in lines if line["to"] == phone]
