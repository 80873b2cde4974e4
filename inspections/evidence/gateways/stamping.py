"""Asking the configured authorities for the timestamps that are due."""

import logging

from cryptography import x509
from django.conf import settings

from inspections.evidence import services
from inspections.evidence.gateways.local import LocalAuthority
from inspections.evidence.gateways.timestamps import (
    HttpAuthority,
    TimestampAuthority,
    TimestampFailed,
)
from inspections.evidence.models import TimestampToken
from inspections.evidence.services import Stamp

logger = logging.getLogger(__name__)


def authorities() -> dict[str, TimestampAuthority]:
    """By name: those of TSA_URLS, and this machine's own where there is none."""
    if not settings.TSA_URLS:
        own = LocalAuthority()
        return {own.name: own}
    return {
        name: HttpAuthority.configured(name, url, settings.TSA_CERTIFICATES[name])
        for name, url in settings.TSA_URLS.items()
    }


def stamp_due(known: dict[str, TimestampAuthority] | None = None) -> int:
    """Ask for every timestamp that is due and say how many came.

    An authority that does not answer stays open and is asked again later; the others of its turn
    are put off with it, so that a dead one costs one deadline and not twenty.
    """
    tokens = services.due_tokens()
    if not tokens:
        return 0
    known = authorities() if known is None else known
    silent: dict[str, str] = {}
    stamped = 0
    for token in tokens:
        code = silent.get(token.authority) or _stamp(known.get(token.authority), token)
        if code:
            silent[token.authority] = code
            services.put_off(token, code)
        else:
            stamped += 1
    for name, code in silent.items():
        logger.warning("no timestamp, will ask again", extra={"authority": name, "code": code})
    return stamped


def _stamp(authority: TimestampAuthority | None, token: TimestampToken) -> str:
    if authority is None:
        return "not_configured"
    try:
        stamp = authority.stamp(bytes(token.checkpoint.body))
    except TimestampFailed as failed:
        return failed.code
    services.keep_token(token, stamp)
    return ""


class AtOnce:
    """For what is signed now and carries its time in itself: the first authority that answers."""

    def __init__(self, known: dict[str, TimestampAuthority] | None = None) -> None:
        self._given = known

    def stamp(self, digest: bytes) -> Stamp | None:
        for name, one in self._known().items():
            try:
                return one.stamp_digest(digest)
            except TimestampFailed as failed:
                told = {"authority": name, "code": failed.code}
                logger.warning("no timestamp at once", extra=told)
        return None

    def roots(self) -> list[x509.Certificate]:
        return [root for one in self._known().values() for root in one.pin().roots]

    def _known(self) -> dict[str, TimestampAuthority]:
        return authorities() if self._given is None else self._given
