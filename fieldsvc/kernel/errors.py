"""Refusals: stable code for programs, Chinese text for people, status for HTTP (RFC 9457)."""

from collections.abc import Mapping
from typing import ClassVar

from django.http import HttpResponse, JsonResponse

from fieldsvc.kernel.hashing import JSONValue


class Refusal(Exception):
    """Something was asked that cannot be done; the subclass says what and what to do now.

    `fields` are structured facts for the client's own use. They are never put into the text and
    never logged, so they may hold what the caller already knows and nothing else.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "这一步没有办成"
    action: ClassVar[str] = "请刷新页面，按最新状态再试一次。"

    def __init__(self, fields: Mapping[str, JSONValue] | None = None) -> None:
        super().__init__(self.code)
        self.fields: dict[str, JSONValue] = dict(fields or {})

    def to_problem(self) -> dict[str, JSONValue]:
        """The body of `application/problem+json`."""
        return {
            "type": f"urn:fieldsvc:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": f"{self.title}。{self.action}",
            "code": self.code,
            "action": self.action,
            "fields": self.fields,
        }


class SignInNeeded(Refusal):
    code = "sign_in_needed"
    status = 401
    title = "您还没有登录，或登录已过期"
    action = "请重新登录后再操作。"


class NotAllowed(Refusal):
    code = "not_allowed"
    status = 403
    title = "您没有办理这一步的权限"
    action = "请联系本局管理员，或由有权限的人员办理。"


class NotFound(Refusal):
    code = "not_found"
    status = 404
    title = "没有找到这项内容"
    action = "请核对链接或编号，或返回列表重新打开。"


class MethodNotAllowed(Refusal):
    code = "method_not_allowed"
    status = 405
    title = "这个地址不支持这样的请求"
    action = "请按接口说明改用允许的方法。"


class Conflict(Refusal):
    code = "conflict"
    status = 409
    title = "现在的状态不允许这样做"
    action = "请刷新页面查看最新状态。"


class StaleVersion(Conflict):
    code = "stale_version"
    title = "内容刚刚被别人更新过"
    action = "请刷新后核对最新内容，再提交一次。"


class TransitionRefused(Conflict):
    code = "transition_refused"
    title = "这一步在当前状态下不能办理"
    action = "请刷新页面查看现在进行到哪一步。"


class Invalid(Refusal):
    """Input that cannot be used; `errors` maps a field's name to what is wrong with it."""

    code = "invalid"
    status = 422
    title = "填写的内容有误"
    action = "请按提示修改后重新提交。"

    def __init__(
        self,
        errors: Mapping[str, str] | None = None,
        *,
        fields: Mapping[str, JSONValue] | None = None,
    ) -> None:
        super().__init__({**(fields or {}), "errors": dict(errors or {})})


class TooMany(Refusal):
    """`retry_after` is in whole seconds and is also sent as the Retry-After header."""

    code = "too_many"
    status = 429
    title = "操作太频繁"
    action = "请稍等片刻再试。"

    def __init__(
        self, *, retry_after: int = 60, fields: Mapping[str, JSONValue] | None = None
    ) -> None:
        super().__init__({**(fields or {}), "retry_after": retry_after})
        self.retry_after = retry_after


class Unavailable(Refusal):
    code = "unavailable"
    status = 503
    title = "服务暂时不可用"
    action = "请稍后再试；已提交的内容不会丢失。"


def registry() -> dict[str, type[Refusal]]:
    """Every refusal by its code; ValueError when a class names none or takes another's.

    A class with a leading underscore is only a base of others. A subclass may repeat its parent's
    code for the same problem met elsewhere; the table then shows the parent.
    """
    found: dict[str, type[Refusal]] = {}
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop(0)
        waiting.extend(kind.__subclasses__())
        if kind.__name__.startswith("_"):
            continue
        if "code" not in vars(kind):
            raise ValueError(f"{kind.__qualname__} names no problem code of its own")
        owner = found.setdefault(kind.code, kind)
        if not issubclass(kind, owner):
            raise ValueError(
                f"problem code {kind.code!r} is claimed by {owner.__qualname__} "
                f"and {kind.__qualname__}"
            )
    return dict(sorted(found.items()))


def problem_response(refusal: Refusal) -> HttpResponse:
    """The refusal as an HTTP answer; never cached."""
    response = JsonResponse(
        refusal.to_problem(),
        status=refusal.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response
