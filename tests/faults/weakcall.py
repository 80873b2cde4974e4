"""W3: the call of a phone whose line takes no more than 64 kbit/s, in the whole product.

The picture goes, voice and photos stay, and both sides read at which level the phone sends.
"""

import asyncio
import time

from tests.faults.air import AirCall, air_call
from tests.faults.hall import Site
from tests.faults.plan import Wish, part
from tests.support.rows import Row, at_most, not_taken

NARROW_KBPS = 64
LONG = 90.0
PHOTO = 180.0
TOLD_WITHIN = 3.0
STRIP = "[data-testid=call-strip]"
HD, SD, VOICE = "HD", "SD", "VOICE_STILLS"


async def thin(site: Site, wish: Wish) -> list[Row]:
    """64 kbit/s both ways, a photo meanwhile, and wide again."""
    async with air_call(site) as call:
        call.radio.narrow(NARROW_KBPS)
        began = time.time()
        rows = await part("W3.64_sd", _told(call, SD, began, 30.0))
        rows += await part("W3.64_voice_stills", _told(call, VOICE, began, 45.0))
        rows += await part("W3.64_still", _photo(call))
        call.radio.widen()
        return [*rows, *await part("W3.wide_hd", _told(call, HD, time.time(), 30.0))]


async def _told(call: AirCall, level: str, since: float, within: float) -> list[Row]:
    """When the desk's state has a level (HD: and its picture), how far off the phone's screen."""
    if level == HD:
        # Nothing to show then; before, another word may stand there for a moment.
        at_desk, at_phone = await _desk_reads(call, level), await _phone_shows(call, level)
        # A word alone, as of a connection that just begins, is no picture.
        await call.eye.first_after(since + 1.0, seconds=LONG)
        there = time.time()
    else:
        both = _desk_reads(call, level), _phone_shows(call, level)
        at_desk, at_phone = await asyncio.gather(*both)
        there = at_desk
    name = f"W3.{'wide' if level == HD else NARROW_KBPS}_{level.lower()}"
    return [
        at_most(f"{name}_after", there - since, "s", within),
        at_most(f"{name}_both_told_within", abs(at_phone - at_desk), "s", TOLD_WITHIN),
    ]


async def _desk_reads(call: AirCall, level: str) -> float:
    await call.line.state_where(lambda _: call.member()["level"] == level, seconds=LONG)
    return time.time()


async def _phone_shows(call: AirCall, level: str) -> float:
    page = call.phone.hand.page

    def wait() -> None:
        if level == HD:
            shown = page.locator(f"{STRIP}[data-text^=call_level]")
            shown.wait_for(state="detached", timeout=LONG * 1000)
        else:
            shown = page.locator(f"{STRIP}[data-text=call_level_{level}]")
            shown.wait_for(timeout=LONG * 1000)

    await call.phone.do(wait)
    return time.time()


async def _photo(call: AirCall) -> list[Row]:
    """From the inspector's wish to the photo among the evidence, while only the voice goes."""
    began, name = time.time(), "W3.64_still_after"
    reply = await call.line.ask("still.request", item=None)
    if reply["type"] != "ack":
        return [not_taken(name, str(reply))]
    result = await call.line.settled(str(reply["request"]), seconds=PHOTO)
    if result["evidence"] is None:
        return [not_taken(name, str(result["code"]))]
    level = call.member()["level"]
    return [at_most(name, time.time() - began, "s", 60.0, note=f"640 x 360, level {level}")]
