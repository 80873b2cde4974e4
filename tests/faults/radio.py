"""A phone's way to the product that can be made to lose, to starve, to go dark and to move.

Three network namespaces in a row: this one (the product), a mast that forwards and drops, and the
phone's. The rules live in the mast alone, so nothing of them is left when it is deleted; what is
dropped there is lost for both sides as on a real line, and no sender is told. netem is not in
every kernel; nft's random numbers, tbf and TUN devices are. Needs root, iproute2 and nftables.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.until import until

_PREFIX = "fsfaults"
_NAMESPACES = Path("/run/netns")
_CHANNEL = 1000  # nft draws one of so many numbers per packet
_HELD_BACK = "77"  # the routing table of what goes through the delay


class RadioMissing(RuntimeError):
    """No root, no iproute2 or no nftables: the rows that need them are not taken."""


def run(*words: str) -> str:
    """One command of the system; its output, or RadioMissing with what it said."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise RadioMissing(f"{words[0]} is not installed") from error
    if done.returncode:
        raise RadioMissing(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


@dataclass
class Radio:
    """The line of one phone; `here` is the product's address, `there` the phone's."""

    number: int
    net: str
    last: int = 130
    relay: "subprocess.Popen[bytes] | None" = None

    @property
    def mast(self) -> str:
        return f"{_PREFIX}-{self.number}-mast"

    @property
    def phone(self) -> str:
        return f"{_PREFIX}-{self.number}-phone"

    @property
    def here(self) -> str:
        return f"{self.net}.1"

    @property
    def there(self) -> str:
        return f"{self.net}.{self.last}"

    def _name(self, end: str) -> str:
        return f"fsf{self.number}{end}"

    def put_up(self) -> None:
        """Namespaces, two cables, addresses, routes and an empty rule set."""
        for name in (self.mast, self.phone):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        ours, mast_down = self._name("h"), self._name("d")
        mast_up, own = self._name("u"), self._name("p")
        run("ip", "link", "add", ours, "type", "veth", "peer", mast_down, "netns", self.mast)
        run(
            *("ip", "-n", self.mast, "link", "add", mast_up),
            *("type", "veth", "peer", own, "netns", self.phone),
        )
        run("ip", "addr", "add", f"{self.here}/30", "dev", ours)
        run("ip", "link", "set", ours, "up")
        for name, address in ((mast_down, f"{self.net}.2/30"), (mast_up, f"{self.net}.129/25")):
            run("ip", "-n", self.mast, "addr", "add", address, "dev", name)
            run("ip", "-n", self.mast, "link", "set", name, "up")
        self.inside(self.mast, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        run("ip", "route", "add", f"{self.net}.128/25", "via", f"{self.net}.2")
        self._settle_phone()
        self.inside(self.mast, "nft", "add table ip air; add chain ip air way" + _HOOK)

    def _settle_phone(self) -> None:
        own = self._name("p")
        run("ip", "-n", self.phone, "addr", "add", f"{self.there}/25", "dev", own)
        run("ip", "-n", self.phone, "link", "set", own, "up")
        run("ip", "-n", self.phone, "route", "add", "default", "via", f"{self.net}.129")

    def take_down(self) -> None:
        """End what still runs in the namespaces, by its id, and delete them with all they hold."""
        for name in (self.mast, self.phone):
            with suppress(RadioMissing):
                for pid in run("ip", "netns", "pids", name).split():
                    with suppress(ProcessLookupError):
                        os.kill(int(pid), signal.SIGKILL)
            with suppress(RadioMissing):
                run("ip", "netns", "del", name)
        if self.relay is not None:
            self.relay.wait()
        with suppress(RadioMissing):
            run("ip", "link", "del", self._name("h"))

    def inside(self, namespace: str, *words: str) -> str:
        return run("ip", "netns", "exec", namespace, *words)

    def _rule(self, rule: str) -> None:
        self.inside(self.mast, "nft", "flush chain ip air way; " + rule)

    def lose(self, share: float) -> None:
        """Lose this share of all packets, both ways, by the kernel's own chance (no seed)."""
        limit = round(share * _CHANNEL)
        self._rule(f"add rule ip air way numgen random mod {_CHANNEL} < {limit} counter drop")

    def go_dark(self) -> None:
        """Nothing passes any more; both sides keep their addresses and hear nothing of it."""
        self._rule("add rule ip air way counter drop")

    def clear(self) -> None:
        """Everything passes."""
        self.inside(self.mast, "nft", "flush chain ip air way")

    def dropped(self) -> int:
        """Packets dropped since the last rule."""
        words = self.inside(self.mast, "nft", "list", "chain", "ip", "air", "way").split()
        return sum(int(words[at + 1]) for at, word in enumerate(words) if word == "packets")

    def narrow(self, kbps: int) -> None:
        """Let no more than this through, each way."""
        for end in ("d", "u"):
            run(
                *("tc", "-n", self.mast, "qdisc", "replace", "dev", self._name(end), "root"),
                *("tbf", "rate", f"{kbps}kbit", "burst", "8kb", "latency", "300ms"),
            )

    def widen(self) -> None:
        for end in ("d", "u"):
            run("tc", "-n", self.mast, "qdisc", "del", "dev", self._name(end), "root")

    def hold_back(self, ms: float, jitter: float, seed: int) -> None:
        """Everything arrives `ms` ± `jitter` milliseconds later, each way, and out of order."""
        device = self._name("t")
        words = ("-m", "tests.faults.delay", device, f"--ms={ms}", f"--jitter={jitter}")
        inside = ("ip", "netns", "exec", self.mast, sys.executable, *words, f"--seed={seed}")
        self.relay = subprocess.Popen(inside)
        until(lambda: self._has(device), seconds=30, what="the delay's device")
        run("ip", "-n", self.mast, "link", "set", device, "up")
        self.inside(self.mast, "sh", "-c", _TRUST_ROUTES)
        run("ip", "-n", self.mast, "route", "add", "default", "dev", device, "table", _HELD_BACK)
        for end in ("d", "u"):
            rule = ("rule", "add", "iif", self._name(end), "lookup", _HELD_BACK)
            run("ip", "-n", self.mast, *rule)

    def _has(self, device: str) -> bool:
        with suppress(RadioMissing):
            return bool(run("ip", "-n", self.mast, "link", "show", device))
        return False

    def let_go(self) -> None:
        """Nothing is held back any more; what still is, is lost."""
        relay, self.relay = self.relay, None
        if relay is None:
            return
        for end in ("d", "u"):
            rule = ("rule", "del", "iif", self._name(end), "lookup", _HELD_BACK)
            run("ip", "-n", self.mast, *rule)
        relay.kill()
        relay.wait()

    def move(self) -> None:
        """The phone changes networks: its old address is gone at once, it has another one."""
        own = self._name("p")
        run("ip", "-n", self.phone, "addr", "flush", "dev", own)
        self.last = 130 + (self.last - 129) % 100
        self._settle_phone()


# What comes out of the delay comes from where no route leads back to.
_TRUST_ROUTES = "for one in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $one; done"
_HOOK = " { type filter hook forward priority 0; }"


def sweep() -> None:
    """Take down what a run that was killed left behind."""
    for number in {int(one.name.split("-")[1]) for one in _NAMESPACES.glob(f"{_PREFIX}-*")}:
        if not Path(f"/proc/{number}").exists():
            Radio(number, "").take_down()


@contextmanager
def radio() -> Iterator[Radio]:
    """A line inside the block, nothing of it after; RadioMissing where it cannot be built."""
    for tool in ("ip", "nft", "tc"):
        if shutil.which(tool) is None:
            raise RadioMissing(f"{tool} is not installed")
    sweep()
    number = os.getpid()
    made = Radio(number, f"10.77.{number % 250}")
    try:
        made.put_up()
        yield made
    finally:
        made.take_down()
