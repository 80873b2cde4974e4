"""The HTTP API: every slice's router under /api, every failure as problem+json (RFC 9457)."""

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from fieldsvc.kernel import idempotency
from fieldsvc.kernel.errors import (
    Invalid,
    MethodNotAllowed,
    NotAllowed,
    NotFound,
    Refusal,
    SignInNeeded,
    problem_response,
)
from inspections.people.auth import signed_in
from inspections.people.selectors import actor_of
from inspections.urls import routers

logger = logging.getLogger(__name__)


class Internal(Refusal):
    code = "internal_error"
    status = 500
    title = "系统出了问题，这一步没有办成"
    action = "请稍后再试；如仍不行，请致电本局并说明时间。"


class BadRequest(Refusal):
    code = "bad_request"
    status = 400
    title = "请求的格式不对"
    action = "请检查请求的格式后重新提交。"


_MESSAGES: Mapping[str, str] = {
    "missing": "必填",
    "string_type": "应为文字",
    "string_too_short": "太短了，至少 {min_length} 个字",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不对",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "datetime_parsing": "应为日期时间，例如 2026-11-23T09:00:00Z",
    "datetime_from_date_parsing": "应为日期时间，例如 2026-11-23T09:00:00Z",
    "datetime_type": "应为日期时间，例如 2026-11-23T09:00:00Z",
    "timezone_aware": "日期时间要带时区，例如 2026-11-23T09:00:00Z",
    "uuid_parsing": "编号的格式不对",
    "uuid_type": "编号的格式不对",
    "literal_error": "不在可选范围内",
    "enum": "不在可选范围内",
    "list_type": "应为列表",
    "too_long": "太多了，最多 {max_length} 项",
    "too_short": "太少了，至少 {min_length} 项",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "extra_forbidden": "没有这个字段",
    "json_invalid": "不是有效的 JSON",
}


def create_api() -> NinjaAPI:
    """The API with all routers; a route that names no `auth` asks for somebody signed in."""
    api = NinjaAPI(
        title="云勘验",
        version="1",
        urls_namespace="api",
        auth=signed_in,
        # No page of another origin's scripts: the schema comes from `manage.py export_openapi`.
        docs_url=None,
        openapi_url=None,
    )
    for prefix, router in routers():
        api.add_router(prefix, router)
    _handle_failures(api)
    return api


def messages(errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What is wrong with which field, in Chinese; the values themselves are not repeated."""
    found: dict[str, str] = {}
    for error in errors:
        template = _MESSAGES.get(str(error["type"]), "填写有误")
        found.setdefault(_field(error["loc"]), template.format_map(error.get("ctx") or {}))
    return found


def not_found(_request: HttpRequest) -> HttpResponse:
    """Any address under /api that no route answers."""
    return problem_response(NotFound())


class MethodRefusals:
    """ninja answers a wrong method in plain English; under /api it is a problem like any other."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not request.path.startswith(
            "/api/"
        ):
            return response
        problem = problem_response(MethodNotAllowed())
        problem["Allow"] = response["Allow"]
        return problem


def _field(location: Iterable[str | int]) -> str:
    # ("body", "<parameter>", "applicant", "name") → "applicant.name"; ("query", "after") → "after"
    parts = [str(part) for part in location]
    inner = parts[2:] if parts[:1] == ["body"] else parts[1:]
    return ".".join(inner) or parts[0]


def _handle_failures(api: NinjaAPI) -> None:
    @api.exception_handler(Refusal)
    def refused(_request: HttpRequest, error: Refusal) -> HttpResponse:
        return problem_response(error)

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem_response(Invalid(messages(error.errors)))

    @api.exception_handler(AuthenticationError)
    def nobody(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem_response(SignInNeeded())

    @api.exception_handler(AuthorizationError)
    def not_allowed(_request: HttpRequest, _error: AuthorizationError) -> HttpResponse:
        return problem_response(NotAllowed())

    @api.exception_handler(Http404)
    def missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem_response(NotFound())

    @api.exception_handler(HttpError)
    def http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
        # ninja's own: a body that is no JSON.
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return problem_response(BadRequest())
        raise error

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.error(
            "request failed",
            extra={"method": request.method, "error": type(error).__name__},
            exc_info=error,
        )
        return problem_response(Internal())


def _caller(request: HttpRequest) -> str:
    actor = actor_of(request)
    return f"{actor.kind}:{actor.id}"


idempotency.scope_by(_caller)
api = create_api()
