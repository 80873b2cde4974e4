"""`make demo`: one whole inspection in real browsers, and everything it leaves, in var/demo/."""

import json
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Page

from tests.demo import gallery, verdict
from tests.e2e import play
from tests.support.product import Embedded
from tests.support.receiver import Receiver

FOLDER = Path("var/demo").resolve()
STEPS = (
    ("办件、预约、预勘、同意、等候", play.prepare),
    ("接入,三方通话", play.meet),
    ("取证、逐项判定、下结论", play.inspect),
    ("笔录、三方签名、封存", play.sign),
)


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    screens = FOLDER / "screens"
    screens.mkdir(parents=True)
    product = Embedded(FOLDER / "product")
    receiver = Receiver()

    def shoot(page: Page, name: str) -> None:
        page.screenshot(path=screens / f"{name}.png")

    try:
        product.start()
        print(f"演示服务 {product.url}")
        with play.stage(product, receiver, FOLDER / "props", shoot) as it:
            for words, step in STEPS:
                _timed(words, lambda step=step: step(it))
            _timed("结果回传到审批系统", lambda: play.result(it, 1))
            _timed("限期整改,退回一次后通过", lambda: play.rectify(it))
            _timed("整改结果回传", lambda: play.result(it, 2))
            case = play.closed_case(it)
        webhooks = [{"headers": one.headers, "body": one.json} for one in receiver.received]
        (FOLDER / "webhooks.json").write_text(_pretty(webhooks), "utf-8")
        (FOLDER / "case.json").write_text(_pretty(case), "utf-8")
        found = verdict.collect(product, FOLDER)
    finally:
        product.stop()
        receiver.close()
    (FOLDER / "verdict.json").write_text(_pretty(found), "utf-8")
    gallery.write(FOLDER)
    print(_pretty(found))
    print(verdict.verified(FOLDER).stdout)
    return 0 if verdict.good(found) else 1


def _timed(words: str, step: object) -> None:
    assert callable(step)
    started = time.monotonic()
    step()
    print(f"  ✓ {words}  {time.monotonic() - started:.1f} 秒")


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


if __name__ == "__main__":
    sys.exit(main())
