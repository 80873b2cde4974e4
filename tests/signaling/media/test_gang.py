"""Jobs of one moment share a thread; a slow one holds up the others only until the next moment."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from signaling.media.gang import Gang


def named() -> str:
    return threading.current_thread().name


async def test_what_is_handed_in_at_once_is_done_in_order_by_one_thread() -> None:
    seen: list[tuple[int, str]] = []

    def note(number: int) -> None:
        seen.append((number, named()))

    with ThreadPoolExecutor(4) as threads:
        gang = Gang(threads)
        done = [gang.run(partial(note, number)) for number in range(20)]
        await asyncio.wait_for(asyncio.gather(*done), 60)
    assert [n for n, _ in seen] == list(range(20))
    assert len({name for _, name in seen}) == 1


async def test_a_failure_is_said_to_whom_it_belongs_and_stops_no_other() -> None:
    def fail() -> None:
        raise OSError("disk")

    with ThreadPoolExecutor(1) as threads:
        gang = Gang(threads)
        failed, fine = gang.run(fail), gang.run(named)
        assert await asyncio.wait_for(fine, 60)
        with pytest.raises(OSError, match="disk"):
            await failed


async def test_what_waits_behind_a_slow_job_is_taken_over_with_the_next() -> None:
    begun, release = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def dawdle() -> bool:
        loop.call_soon_threadsafe(begun.set)
        return release.wait(60)

    with ThreadPoolExecutor(2) as threads:
        gang = Gang(threads)
        slow, behind = gang.run(dawdle), gang.run(named)
        await asyncio.wait_for(begun.wait(), 60)
        later = gang.run(named)
        assert await asyncio.wait_for(behind, 60)
        assert await asyncio.wait_for(later, 60)
        assert not slow.done()
        release.set()
        assert await slow
