"""Warm child processes that decode, one question each at a time, replaced when they misbehave."""

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from fieldsvc.kernel.errors import Unavailable
from fieldsvc.kernel.pictures.child import Answer, Question

CHILD = Path(__file__).with_name("child.py")
SIZE = 2
START_SECONDS = 60
# The child's own limit counts the processor's time; this one only ends a child that hangs.
ANSWER_SECONDS = 30
QUESTIONS_PER_CHILD = 500
_NEED = ("PATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR")


class DecoderDown(Unavailable):
    code = "decoder_down"
    title = "照片检查暂时不可用"
    action = "请稍后再试；照片还在您的手机里，没有丢失。"


class ChildLost(Exception):
    """The child died or hung over this question."""


class Child:
    def __init__(self) -> None:
        # Of the environment only what the interpreter needs: no secret is within its reach.
        kept = {name: os.environ[name] for name in _NEED if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603  our own file by our own interpreter
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**kept, "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"},
            cwd="/",
        )
        self._is_ready = False
        self.asked = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, question: Question) -> Answer:
        if not self._is_ready:
            if self._line(START_SECONDS) != b"ready":
                raise DecoderDown
            self._is_ready = True
        self.asked += 1
        try:
            if self._process.stdin is None:
                raise DecoderDown
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise ChildLost from error
        line = self._line(ANSWER_SECONDS)
        if not line:
            raise ChildLost
        told: Answer = json.loads(line)
        return told

    def _line(self, seconds: float) -> bytes:
        """One line of the child's; empty when it died or the time is over."""
        if self._process.stdout is None:
            return b""
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            if not ready.select(seconds):
                return b""
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self._process.wait()


class Pool:
    """At most `size` children; whoever asks while all are busy waits for one."""

    def __init__(self, size: int = SIZE) -> None:
        self._free: list[Child] = []
        self._slots = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()

    def ask(self, question: Question) -> Answer:
        """The child's answer; a child that died or hung gives `refused: unsupported`.

        Refuses with `decoder_down` when no child can be started.
        """
        with self._slots:
            child = self._take()
            try:
                told = child.ask(question)
            except ChildLost:
                child.end()
                self._give(Child())
                return {"refused": "unsupported"}
            except BaseException:
                child.end()
                raise
            if child.asked >= QUESTIONS_PER_CHILD:
                child.end()
                child = Child()
            self._give(child)
            return told

    def pids(self) -> list[int]:
        with self._lock:
            return [child.pid for child in self._free]

    def close(self) -> None:
        with self._lock:
            free, self._free = self._free, []
        for child in free:
            child.end()

    def _take(self) -> Child:
        with self._lock:
            while self._free:
                child = self._free.pop()
                if child.is_alive:
                    return child
                child.end()
        return Child()

    def _give(self, child: Child) -> None:
        with self._lock:
            self._free.append(child)


_pool = Pool()
atexit.register(_pool.close)


def pool() -> Pool:
    return _pool
