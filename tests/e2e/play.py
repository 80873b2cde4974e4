"""One whole inspection, steps 1–9, played by people at real browsers against a running product."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.applicant import Applicant
from tests.e2e.approval import ApprovalSystem, wait_for_code, wait_for_link
from tests.e2e.inspector import Inspector
from tests.support import footage
from tests.support.browser import DESK, PHONE, camera_flags, chromium, context, playwright
from tests.support.product import Topology, demo_of
from tests.support.receiver import Receiver
from tests.support.until import until

CASE = "KY-2026-000123"
KEY_ITEMS = ("CY01", "CY03", "CY10", "CY16")
ABSENT_ITEM = "CY14"
FAILED_ITEM = "CY12"
OBJECTION = "后门已经约好师傅，本周内更换挡鼠板。"
PASSED_ITEMS = ("CY02", "CY04", "CY05", "CY06", "CY07", "CY08", "CY09", "CY11", "CY13", "CY15")
LOOP = 600  # frames of the camera file: 20 s
Shoot = Callable[[Page, str], None]


@dataclass
class Stage:
    """Everybody in place: a running product, a receiver, a phone and two desks."""

    product: Topology
    receiver: Receiver
    approval: ApprovalSystem
    applicant: Applicant
    wang: Inspector
    chen: Inspector
    photos: dict[str, Path]
    facts: dict[str, object] = field(default_factory=dict)


@contextmanager
def stage(
    product: Topology, receiver: Receiver, props: Path, shoot: Shoot | None = None
) -> Iterator[Stage]:
    """Open the browsers: the phone films real footage, the desks have Chromium's test picture."""
    camera = footage.camera_mjpeg(props, strip=True, frames=LOOP, quality=70)
    voice = footage.microphone_wav(props)
    demo = demo_of(product.folder)
    with ExitStack() as stack:
        player = stack.enter_context(playwright())
        phones = stack.enter_context(chromium(player, *camera_flags(camera, voice)))
        desks = stack.enter_context(chromium(player, *camera_flags()))
        url = product.url
        yield Stage(
            product,
            receiver,
            ApprovalSystem(url, demo.api_key),
            Applicant(context(phones, PHONE).new_page(), shoot),
            Inspector(context(desks, DESK).new_page(), url, shoot),
            Inspector(context(desks, DESK).new_page(), url),
            make_photos(props),
        )


def make_photos(folder: Path) -> dict[str, Path]:
    """Two photographs: frames of the real footage."""
    import av

    made = {}
    with av.open(str(footage.clip_path("bikes.mp4"))) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index in (20, 90):
                file = folder / f"photo-{index}.jpg"
                frame.to_image().save(file, quality=90)
                made["before" if index == 20 else "after"] = file
    return made


def prepare(it: Stage, case: str = CASE) -> None:
    """Steps 1–4: case, SMS, slot, pre-survey, consent, device check, lobby."""
    answer = it.approval.hand_in(case, it.receiver.url)
    assert answer.status_code == 201, answer.text
    link = wait_for_link(it.product.folder, case)
    it.applicant.open(link)
    it.applicant.book()
    it.applicant.survey({"CY09": it.photos["before"]}, {"CY09": "YES", "CY12": "UNSURE"})
    it.applicant.consent()
    it.applicant.check_devices()
    it.applicant.enter_lobby()


def meet(it: Stage, case: str = CASE) -> None:
    """Step 4–5: both inspectors come, the first admits, everybody sees and hears."""
    passwords = demo_of(it.product.folder).staff
    it.wang.sign_in("wang", passwords["wang"])
    it.chen.sign_in("chen", passwords["chen"])
    it.wang.open_inspection(case)
    it.wang.admit()
    it.applicant.see_call()
    it.wang.see_picture()
    it.chen.open_inspection(case)
    it.chen.see_picture()


def inspect(it: Stage) -> None:
    """Steps 5–6: challenge, stills, chat, every item judged, conclusion (refused at first)."""
    it.wang.hear_challenge()
    it.wang.say("请走到后厨洗手池,镜头慢一点。")
    it.wang.take_still("CY10")
    it.applicant.shot("6-call")
    it.wang.shot("3-call")
    it.facts["blockers"] = it.wang.blockers()
    it.wang.page.keyboard.press("Escape")
    for item in KEY_ITEMS:
        if item != "CY10":
            it.wang.take_still(item)
        it.wang.judge(item, "CONFORMING")
    for item in PASSED_ITEMS:
        it.wang.judge(item, "CONFORMING")
    it.wang.judge(ABSENT_ITEM, "NOT_APPLICABLE", "不经营冷食、裱花、生食,无需专间")
    it.wang.judge(FAILED_ITEM, "NON_CONFORMING", "后门挡鼠板高约 40 厘米,不足 60 厘米")
    it.wang.conclude(days=5, opinion="一项不符合,限期整改。")


def sign(it: Stage) -> None:
    """Step 7: the applicant objects and signs, both inspectors sign; the dossier is sealed."""
    it.applicant.read_results()
    it.applicant.object(OBJECTION)
    it.applicant.identify(lambda end: wait_for_code(it.product.folder, end))
    it.applicant.sign()
    it.wang.sign()
    it.chen.sign()
    it.facts["head"] = it.wang.see_sealed()


def result(it: Stage, version: int) -> dict[str, object]:
    """Step 8: the result as received, once it was received."""
    found = until(
        lambda: [one for one in it.receiver.received if one.json["version"] == version],
        seconds=60,
        what=f"result version {version}",
    )[0]
    keys = it.approval.get("/api/webhook-keys").json()["keys"]
    assert any(found.signed_by(key["public_key"]) for key in keys)
    return found.json


def rectify(it: Stage, case: str = CASE) -> None:
    """Step 9: the applicant shows what was put right, the inspector returns it, then accepts."""
    it.applicant.rectify({FAILED_ITEM: it.photos["before"]})
    it.wang.review(case)
    it.wang.shot("8-review")
    it.wang.decide(FAILED_ITEM, "return", "照片里看不到高度,请把卷尺放在旁边再拍。")
    it.applicant.see_returned(FAILED_ITEM)
    it.applicant.rectify({FAILED_ITEM: it.photos["after"]})
    it.wang.review(case)
    it.wang.decide(FAILED_ITEM, "accept", "符合要求。")
    it.wang.shot("9-accepted")


def closed_case(it: Stage, case: str = CASE) -> dict[str, object]:
    """The case as the approval system reads it, once the receipt of its last result is noted."""

    def look() -> dict[str, object] | None:
        found: dict[str, object] = json.loads(it.approval.get(f"/api/cases/{case}").text)
        return found if found["state"] == "CLOSED" else None

    closed = until(look, seconds=60, what="the closed case")
    assert closed is not None
    return closed
