"""A refusal says the same thing to programs and to people, every time."""

import json
import re

import pytest

from fieldsvc.kernel import errors


def test_a_refusal_is_a_problem_document():
    problem = errors.StaleVersion({"version": 3}).to_problem()
    assert problem["type"] == "urn:fieldsvc:problem:stale_version"
    assert problem["status"] == 409
    assert problem["fields"] == {"version": 3}
    assert problem["detail"] == f"{problem['title']}。{problem['action']}"


def test_the_answer_has_the_problem_media_type_and_is_not_cached():
    response = errors.problem_response(errors.NotFound())
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert json.loads(response.content)["code"] == "not_found"


def test_wrong_input_names_each_field():
    problem = errors.Invalid({"phone": "手机号应为 11 位数字"}).to_problem()
    assert problem["fields"] == {"errors": {"phone": "手机号应为 11 位数字"}}


def test_too_many_says_when_to_come_back():
    response = errors.problem_response(errors.TooMany(retry_after=42))
    assert response["Retry-After"] == "42"


def test_the_text_of_a_refusal_never_holds_its_fields():
    refusal = errors.Invalid({"phone": "13800001234"})
    assert "138" not in str(refusal)
    assert "138" not in repr(refusal)


@pytest.mark.parametrize("kind", errors.registry().values(), ids=lambda kind: kind.code)
def test_every_refusal_has_a_code_a_status_and_says_what_to_do(kind: type[errors.Refusal]):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", kind.code)
    assert 400 <= kind.status < 600
    assert re.search(r"[\u4e00-\u9fff]", kind.title)
    assert not kind.title.endswith(("。", "!"))
    assert kind.action.endswith(("。", "?", "？"))


def test_two_strangers_cannot_claim_one_code():
    class Twin(errors.Refusal):
        code = "not_found"

    try:
        with pytest.raises(ValueError, match="not_found"):
            errors.registry()
    finally:
        Twin.code = "twin_of_a_test"


def test_a_class_that_forgot_its_code_is_found():
    class Nameless(errors.Conflict):
        title = "某处冲突"

    try:
        with pytest.raises(ValueError, match="Nameless"):
            errors.registry()
    finally:
        Nameless.code = "nameless_of_a_test"


def test_the_same_problem_met_elsewhere_keeps_its_parents_code():
    class Elsewhere(errors.NotAllowed):
        code = "not_allowed"

    assert errors.registry()["not_allowed"] is errors.NotAllowed
    assert issubclass(Elsewhere, errors.NotAllowed)
