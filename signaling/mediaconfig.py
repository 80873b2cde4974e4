"""The engine's configuration from the settings."""

import re

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from signaling.media.config import EngineConfig


def engine_config() -> EngineConfig:
    """What the environment says of addresses, ports, folder and floor.

    The node has no ICE servers of its own: it is reached at its host addresses, and a browser that
    cannot reach them brings its own relay.
    """
    return EngineConfig(
        storage=settings.RECORDING_ROOT,
        host_addresses=tuple(settings.RTC_HOST_ADDRESSES),
        port_range=_ports(settings.RTC_PORTS),
        free_space_floor_bytes=settings.RECORDING_FLOOR_MB * 1024 * 1024,
        fit_lines=settings.RTC_FIT_LINES,
    )


def _ports(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{4,5})-(\d{4,5})", text)
    if found is None or not 1024 <= int(found[1]) < int(found[2]) <= 65535:
        raise ImproperlyConfigured(f"RTC_PORTS={text!r} is no range. Example: 40000-40999")
    return int(found[1]), int(found[2])
