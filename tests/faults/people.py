"""The cast over HTTP and WebSocket, without browsers: what their pages send, sent by hand."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx

from fieldsvc.kernel import ids
from tests.faults.line import Line, connect
from tests.support.keys import DeviceKey

Body: TypeAlias = dict[str, Any]


def handwriting() -> Body:
    """Three strokes, never twice the same: a copied signature is refused."""
    tilt = random.uniform(2.5, 4.5)
    strokes = [
        [
            {"x": 20.0 + s * 70 + i * 3, "y": 30.0 + i * tilt, "t": s * 400 + i * 12.0, "p": 0.5}
            for i in range(20)
        ]
        for s in range(3)
    ]
    return {"strokes": strokes, "width": 360.0, "height": 200.0, "will": True}


class Person:
    """Someone with a cookie jar."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.AsyncClient(base_url=url, timeout=30)
        self._door = ""

    async def get(self, path: str) -> Body:
        return self._read(await self._client.get(path))

    async def read_until(self, path: str, check: Callable[[Body], bool]) -> Body:
        """Read again and again until it is as wished; what is not there yet may still come."""
        async with asyncio.timeout(90):
            response = await self._client.get(path)
            while not (response.is_success and check(response.json())):
                response = await self._client.get(path)
        found: Body = response.json()
        return found

    async def bytes_of(self, path: str) -> bytes:
        return (await self._client.get(path)).raise_for_status().content

    async def send(self, method: str, path: str, body: object = None) -> Body:
        if "csrftoken" not in self._client.cookies:
            await self.get("/api/csrf")
        headers = {
            "X-CSRFToken": self._client.cookies["csrftoken"],
            "Idempotency-Key": str(ids.new()),
        }
        return self._read(await self._client.request(method, path, json=body, headers=headers))

    async def enter(self, path: str) -> Line:
        """A socket into the room; `again` is the same way in once more."""
        self._door = path
        return await self.again()

    async def again(self) -> Line:
        return await connect(self.url, await self.ticket())

    async def ticket(self) -> str:
        """For whoever enters in this person's place."""
        return str((await self.send("POST", self._door))["ticket"])

    async def sign(self, record: Body, code_for: Callable[[str], str]) -> None:
        """`code_for` reads the code of the message, given the end of the document's digest."""
        for one in record["signatures"]:
            if one["mine"]:
                url = f"/api/signatures/{one['id']}"
                body = handwriting() | {"document_sha256": record["sha256"]}
                if one["assurance"] == "CERTIFIED":
                    body["signature"] = await self._certify(url, code_for)
                await self.send("POST", f"{url}/complete", body)

    async def _certify(self, url: str, code_for: Callable[[str], str]) -> str:
        found, code = await self.get(url), None
        if found["code"]["needed"]:
            pages = [{"page": page + 1, "ms": 500} for page in range(found["pages"])]
            await self.send("POST", f"{url}/read", {"pages": pages})
            await self.send("POST", f"{url}/code")
            code = await asyncio.to_thread(code_for, found["document_sha256"][-6:])
        key = DeviceKey()
        claim = {
            "consent_sha256": found["consent"]["sha256"],
            "certificate_request": key.request_text(found["id"]),
        }
        known = await self.send("POST", f"{url}/identify", claim | {"code": code})
        return key.sign_text(known["attributes"])

    async def close(self) -> None:
        await self._client.aclose()

    def _read(self, response: httpx.Response) -> Body:
        assert response.is_success, f"{response.request.url.path}: {response.text[:600]}"
        found: Body = response.json() if response.content else {}
        return found


class Applicant(Person):
    """李申请, from the link to the lobby."""

    async def arrive(self, link: str) -> Line:
        await self.send("POST", "/api/join/open", {"token": link.rpartition("#")[2]})
        slots = (await self.get("/api/join/slots"))["slots"]
        await self.send("POST", "/api/join/appointment", {"starts_at": slots[0]["starts_at"]})
        # The booking is made ready by the worker.
        await self.read_until("/api/join/state", lambda now: now["step"] == "PRE_SURVEY")
        await self.send("POST", "/api/join/pre-survey")
        consent = (await self.get("/api/join/state"))["consent"]
        wish = {"accepted": True, "sha256": consent["sha256"], "location_accepted": True}
        await self.send("POST", "/api/join/consent", wish)
        return await self.enter("/api/join/ticket")


class Inspector(Person):
    """王勘验 or 陈勘验."""

    inspection = ""

    async def arrive(self, username: str, password: str, inspection: str) -> Line:
        """By its id: a run late in the day books slots of tomorrow, which no list of today has."""
        await self.send("POST", "/api/session", {"username": username, "password": password})
        self.inspection = inspection
        return await self.enter(f"/api/inspections/{self.inspection}/ticket")

    async def recording(self) -> Body:
        return await self.get(f"/api/inspections/{self.inspection}/recording")

    async def judge_all(self) -> None:
        base = f"/api/inspections/{self.inspection}"
        for item in (await self.get(base))["items"]:
            if item["level"] == "KEY":
                await self.send("POST", f"{base}/stills/from-recording", {"item": item["code"]})
            finding = {"result": "CONFORMING", "version": 0}
            await self.send("PUT", f"{base}/findings/{item['code']}", finding)

    async def conclude(self) -> None:
        base = f"/api/inspections/{self.inspection}"
        version = (await self.get(base))["version"]
        await self.send("POST", f"{base}/conclude", {"version": version})
