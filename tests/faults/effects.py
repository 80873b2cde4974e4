"""The worker is killed and the receiver goes away, on a running cluster."""

import asyncio
import json
import threading
from functools import partial
from pathlib import Path

from tests.e2e.approval import ApprovalSystem, wait_for_code
from tests.faults.media import Call
from tests.faults.people import Person
from tests.support.product import Cluster, demo_of
from tests.support.receiver import Received, Receiver, Reply
from tests.support.until import until, until_async

BURST = 8


def messages(folder: Path, number: str) -> list[dict[str, str]]:
    """Every SMS about a case, as the file gateway wrote it."""
    lines = (folder / "sms" / "sms.jsonl").read_text("utf-8").splitlines()
    return [found for line in lines if number in (found := json.loads(line))["text"]]


def kill_worker_in_a_burst(product: Cluster) -> tuple[int, int]:
    """Commit cases, kill the worker among their effects: links never sent, links sent twice."""
    approval = ApprovalSystem(product.url, demo_of(product.folder).api_key)
    numbers = [f"KY-BURST-{number:04d}" for number in range(BURST)]
    for place, number in enumerate(numbers):
        answer = approval.hand_in(number, product.receiver.url)
        assert answer.status_code == 201, answer.text
        if place == BURST // 2:
            product.kill("worker")
    # Half of the cases were committed with nobody there to deliver anything.
    product.revive("worker")
    until(
        lambda: all(messages(product.folder, number) for number in numbers),
        seconds=120,
        what="a link for every case",
    )
    sent = [{one["reference"] for one in messages(product.folder, n)} for n in numbers]
    return sum(not one for one in sent), sum(len(one) - 1 for one in sent)


class Mailbox:
    """The receiver of a result: away, then back, and holding its first answer."""

    def __init__(self, product: Cluster) -> None:
        self._product = product
        self._free = threading.Event()
        self.kept: list[Received] = []

    def go_away(self) -> None:
        self._product.receiver.close()

    def come_back(self) -> None:
        old = self._product.receiver
        self._product.receiver = Receiver(answer=self._answer, tls=old.tls, at_port=old.port)

    def _answer(self, received: Received) -> Reply:
        self.kept.append(received)
        if len(self.kept) == 1:
            self._free.wait(60)
        return 200, json.dumps({"receipt_id": "R-faults"}).encode()

    def release(self) -> None:
        self._free.set()


async def finish(call: Call) -> None:
    """Steps 6–7 by API: judge, conclude, three signatures; returns when all have signed."""
    await call.wang.judge_all()
    await call.wang.conclude()
    path = f"/api/inspections/{call.wang.inspection}/record"
    for person, where in ((call.applicant, "/api/join/record"), (call.wang, path)):
        await _sign(call, person, where)
    await _sign(call, call.chen, path)


async def _sign(call: Call, person: Person, path: str) -> None:
    record = await person.read_until(path, lambda record: bool(record["signatures"]))
    await person.sign(record, partial(wait_for_code, call.product.folder))


async def deliver_through_faults(call: Call) -> tuple[int, int, int]:
    """Receiver down, then up; the worker killed after the receiver took the result.

    Attempts while it was down; results recorded; different deliveries the receiver saw.
    """
    product, mailbox = call.product, Mailbox(call.product)
    approval = ApprovalSystem(product.url, demo_of(product.folder).api_key)
    mailbox.go_away()
    await finish(call)

    def rows() -> list[dict[str, object]]:
        path = f"/api/cases/{call.case}/results"
        found: list[dict[str, object]] = approval.get(path).json()["items"]
        return found

    def attempts() -> int:
        return sum(int(str(row["attempts"])) for row in rows())

    await until_async(lambda: attempts() >= 2, seconds=90, what="two attempts in vain")
    down = attempts()
    mailbox.come_back()
    await until_async(lambda: bool(mailbox.kept), seconds=90, what="the first request")
    product.kill("worker")
    mailbox.release()
    await asyncio.to_thread(product.revive, "worker")
    await until_async(
        lambda: [row["state"] for row in rows()] == ["DELIVERED"],
        seconds=150,
        what="the result's delivery",
    )
    timeline = approval.get(f"/api/cases/{call.case}").json()["timeline"]
    recorded = sum(entry["kind"] == "result.delivered" for entry in timeline)
    return down, recorded, len({one.headers["webhook-id"] for one in mailbox.kept})
