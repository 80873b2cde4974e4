"""Every answer tells the browser how little it may load."""

import pytest
from django.test import Client

from fieldsvc.headers import content_security_policy, map_hosts


@pytest.mark.django_db
def test_an_answer_carries_the_strict_headers(client: Client):
    answer = client.get("/no-such-page")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=(self)" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_only_the_development_server_of_vite_gets_more():
    strict = content_security_policy(vite_dev=False)["DIRECTIVES"]
    loose = content_security_policy(vite_dev=True)["DIRECTIVES"]
    assert strict["style-src"] == ["'self'"]
    assert "http://localhost:5173" in loose["script-src"]


@pytest.mark.parametrize(
    ("provider", "url", "hosts"),
    [
        ("NONE", "", []),
        ("TIANDITU", "", ["https://*.tianditu.gov.cn"]),
        ("AMAP", "https://webrd0{s}.is.autonavi.com/t?x={x}", ["https://*.is.autonavi.com"]),
        ("XYZ", "https://tiles.zhoucun.gov.cn/{z}/{x}/{y}.png", ["https://tiles.zhoucun.gov.cn"]),
    ],
)
def test_the_maps_pictures_come_from_the_chosen_place_only(
    provider: str, url: str, hosts: list[str]
):
    assert map_hosts(provider, url) == hosts
    policy = content_security_policy(vite_dev=False, map_hosts=hosts)["DIRECTIVES"]
    assert policy["img-src"] == ["'self'", "data:", "blob:", *hosts]


@pytest.mark.django_db
def test_a_wrong_method_under_api_is_a_problem_like_any_other(client: Client):
    answer = client.delete("/api/catalog/guides")
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Allow"] == "GET"
    assert answer.json()["code"] == "method_not_allowed"
