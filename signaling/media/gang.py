"""Jobs of one moment, done by one thread in a row: waking a thread costs more than most of them."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from weakref import WeakKeyDictionary

_T = TypeVar("_T")


_Told = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Job:
    """`run` is for the thread; what it gives back is for the loop, and settles the future."""

    run: Callable[[], _Told]
    loop: asyncio.AbstractEventLoop


def _ran(work: Callable[[], _T], future: "asyncio.Future[_T]") -> _Told:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  its place is where the future is awaited
        return partial(_fail, future, error)
    return partial(_give, future, result)


def _give(future: "asyncio.Future[_T]", result: _T) -> None:
    if not future.cancelled():
        future.set_result(result)


def _fail(future: "asyncio.Future[_T]", error: BaseException) -> None:
    if not future.cancelled():
        future.set_exception(error)


class Gang:
    """Takes jobs on an event loop; one more thread takes over what is stuck behind a slow one.

    What is handed in during one turn of the loop wakes one thread, which does it in order and
    anything left from before; what it has done is told to the loop together.
    """

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Moment] = WeakKeyDictionary()

    def run(self, work: Callable[[], _T]) -> "asyncio.Future[_T]":
        """Have the work done in a thread."""
        loop = asyncio.get_running_loop()
        moment = self._loops.get(loop)
        if moment is None:
            moment = self._loops[loop] = _Moment()
        future: asyncio.Future[_T] = loop.create_future()
        moment.take(_Job(partial(_ran, work, future), loop), self._threads)
        return future


class _Moment:
    """What one event loop has handed in, and what is to be told to it."""

    def __init__(self) -> None:
        self._todo: deque[_Job] = deque()
        self._done: deque[_Told] = deque()
        self._called = False
        self._told = False

    def take(self, job: _Job, threads: ThreadPoolExecutor) -> None:
        self._todo.append(job)
        if not self._called:
            self._called = True
            job.loop.call_soon(self._call, threads)

    def _call(self, threads: ThreadPoolExecutor) -> None:
        self._called = False
        threads.submit(self._work)

    def _work(self) -> None:
        while True:
            try:
                job = self._todo.popleft()
            except IndexError:
                return
            self._done.append(job.run())
            if not self._told:
                self._told = True
                job.loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._told = False  # first: what is done from here on is told by another call
        while self._done:
            self._done.popleft()()
