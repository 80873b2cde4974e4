"""Throttles count the address that the outermost own proxy saw, never one the caller wrote."""

from typing import Any

import pytest
from django.test import RequestFactory

from inspections.people.auth import client_address

PROXY, CITIZEN, FORGED = "10.0.0.2", "203.0.113.7", "198.51.100.9"


def address(forwarded: str | None = None, peer: str = PROXY) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


class TestWithoutAProxy:
    def test_the_peer_counts(self, settings: Any) -> None:
        assert settings.TRUSTED_PROXIES == 0
        assert address(peer=CITIZEN) == CITIZEN

    def test_what_the_caller_writes_is_not_read(self) -> None:
        assert address(FORGED, peer=CITIZEN) == CITIZEN
        assert address(f"{FORGED}, {FORGED}", peer=CITIZEN) == CITIZEN


class TestBehindProxies:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "seen"),
        [
            (1, CITIZEN, CITIZEN),
            (1, f"{FORGED}, {CITIZEN}", CITIZEN),
            (1, f"{FORGED},,  {CITIZEN} ", CITIZEN),
            (2, f"{CITIZEN}, 10.0.0.1", CITIZEN),
            (2, f"{FORGED}, {FORGED}, {CITIZEN}, 10.0.0.1", CITIZEN),
            # Fewer proxies passed than there are, or no address: nobody's word is believed.
            (2, CITIZEN, PROXY),
            (1, None, PROXY),
            (1, "", PROXY),
            (1, "unknown", PROXY),
            (1, "'; drop table", PROXY),
        ],
    )
    def test_the_entry_our_outermost_proxy_wrote_counts(
        self, settings: Any, proxies: int, forwarded: str | None, seen: str
    ) -> None:
        settings.TRUSTED_PROXIES = proxies
        assert address(forwarded) == seen

    @pytest.mark.parametrize(
        ("forwarded", "seen"),
        [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("::ffff:203.0.113.7", CITIZEN),
        ],
    )
    def test_one_line_of_ipv6_is_one_caller(self, settings: Any, forwarded: str, seen: str) -> None:
        settings.TRUSTED_PROXIES = 1
        assert address(forwarded) == seen
