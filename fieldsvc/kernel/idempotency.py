"""Same request twice, one effect: the answer to a key is stored with the effect."""

import hashlib
import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from inspect import iscoroutinefunction, unwrap
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from ninja.decorators import decorate_view
from ninja.utils import contribute_operation_callback

from fieldsvc.kernel import clock, ids
from fieldsvc.kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from ninja.operation import Operation

logger = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
# A claim older than this belongs to a process that died before it could answer.
CLAIM = timedelta(seconds=60)
_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_View = TypeVar("_View", bound=Callable[..., Any])


class KeyMissing(Invalid):
    code = "idempotency_key_missing"
    status = 400
    title = "请求缺少防重复编号"
    action = "请在请求头 Idempotency-Key 中填写 1 至 64 个可见字符，同一次提交重试时保持不变。"


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    title = "同一个防重复编号用在了不同的内容上"
    action = "内容有变化时请换一个新的 Idempotency-Key。"


class InProgress(Conflict):
    code = "idempotency_in_progress"
    title = "同一请求正在处理"
    action = "请稍等一两秒，用同一个 Idempotency-Key 重试。"


class IdempotentCall(models.Model):
    """One key of one caller: claimed while it runs, answered once it is done."""

    class State(models.TextChoices):
        RUNNING = "RUNNING"
        ANSWERED = "ANSWERED"

    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    claim = models.UUIDField()
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=80, blank=True, default="")
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key"], name="kernel_idempotent_key"),
        ]


@dataclass(frozen=True, slots=True)
class StoredResponse:
    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    replayed: bool = False


class _NotStored(Exception):
    """Carries an answer that is not 2xx out of the transaction, so that it is rolled back."""

    def __init__(self, answer: StoredResponse) -> None:
        super().__init__(answer.status)
        self.answer = answer


def run(
    scope: str, key: str, request_digest: str, call: Callable[[], StoredResponse]
) -> StoredResponse:
    """Run `call` at most once for (scope, key) and give every repetition the same answer.

    Effect and answer commit together. Only 2xx is stored: a Refusal, an error or another status
    undoes the effect and frees the key. Refuses with `idempotency_key_reused` (422) when the key
    came with another request, `idempotency_in_progress` (409) while the first one still runs.
    """
    claim = ids.new()
    stored = _claim(scope, key, request_digest, claim)
    if stored is not None:
        return stored
    mine = IdempotentCall.objects.filter(scope=scope, key=key, claim=claim)
    try:
        with transaction.atomic():
            answer = call()
            if not 200 <= answer.status < 300:
                raise _NotStored(answer)
            kept = mine.update(
                state=IdempotentCall.State.ANSWERED,
                status=answer.status,
                content_type=answer.content_type,
                body=answer.body,
            )
            if kept != 1:
                # The claim ran out and somebody else repeats the call: our effect must go.
                raise InProgress
            return answer
    except _NotStored as refused:
        mine.delete()
        return refused.answer
    except BaseException:
        mine.delete()
        raise


def _claim(scope: str, key: str, request_digest: str, claim: UUID) -> StoredResponse | None:
    now = clock.now()
    try:
        with transaction.atomic():
            IdempotentCall.objects.create(
                scope=scope,
                key=key,
                request_digest=request_digest,
                claim=claim,
                claimed_at=now,
                created_at=now,
            )
            return None
    except IntegrityError:
        row = IdempotentCall.objects.filter(scope=scope, key=key).first()
    if row is None:
        raise InProgress  # freed between our insert and our look: the retry will get it
    if row.request_digest != request_digest:
        raise KeyReused
    if row.state == IdempotentCall.State.ANSWERED:
        return StoredResponse(row.status or 200, bytes(row.body), row.content_type, replayed=True)
    taken = IdempotentCall.objects.filter(
        pk=row.pk, claim=row.claim, state=IdempotentCall.State.RUNNING, claimed_at__lte=now - CLAIM
    ).update(claim=claim, claimed_at=now)
    if taken != 1:
        raise InProgress
    return None


def request_digest(request: HttpRequest) -> str:
    """Digest of what is asked: method, path, query, and body or (multipart) fields and files."""
    digest = hashlib.sha256()
    for part in (request.method or "", request.path, request.META.get("QUERY_STRING", "")):
        digest.update(part.encode() + b"\x00")
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    # The boundary differs at every sending, so the parts are hashed and not the raw body.
    for name, values in sorted(request.POST.lists()):
        for value in values:
            digest.update(f"{name}\x00{len(value)}\x00{value}\x00".encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"{name}\x00{file.name}\x00{file.size}\x00".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


ScopeOf = Callable[[HttpRequest], str]
_scope_of: ScopeOf | None = None


def scope_by(scope_of: ScopeOf) -> None:
    """Say how a request's caller is named (actor kind and id); the assembly calls this once."""
    global _scope_of
    _scope_of = scope_of


def idempotent(view: _View) -> _View:
    """Decorate a write endpoint, under the router's decorator: `Idempotency-Key` is required.

    It runs after authentication and validation, so that a bad request never claims a key. GET and
    HEAD pass untouched. A repeated answer carries `Idempotency-Replayed: true`.
    """
    if iscoroutinefunction(view):
        raise TypeError("an idempotent endpoint runs in a transaction and cannot be async")
    contribute_operation_callback(view, _wrap)
    return decorate_view(_note_operation)(view)


# Routers hand clones of an operation to each API, so the serving one is only known at run time.
_serving: ContextVar["Operation"] = ContextVar("serving operation")


def _note_operation(run: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(run)
    def noted(request: HttpRequest, **kwargs: Any) -> Any:
        token = _serving.set(unwrap(run).__self__)
        try:
            return run(request, **kwargs)
        finally:
            _serving.reset(token)

    return noted


def _wrap(operation: "Operation") -> None:
    inner = operation.view_func

    @wraps(inner)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method in {"GET", "HEAD"}:
            return inner(request, *args, **kwargs)
        key = request.headers.get(HEADER, "")
        if not _KEY.fullmatch(key):
            raise KeyMissing
        stored = run(
            _scope(request),
            key,
            request_digest(request),
            lambda: _stored(request, inner(request, *args, **kwargs)),
        )
        response = HttpResponse(stored.body, status=stored.status, content_type=stored.content_type)
        if stored.replayed:
            response["Idempotency-Replayed"] = "true"
        return response

    operation.view_func = view


def _stored(request: HttpRequest, result: object) -> StoredResponse:
    """What the endpoint returned, as the bytes its operation would send."""
    operation = _serving.get()
    answer = operation._result_to_response(  # noqa: SLF001  ninja has no public door for this
        request, result, operation.api.create_temporal_response(request)
    )
    if not isinstance(answer, HttpResponse):
        raise TypeError("an idempotent endpoint cannot stream its answer")
    return StoredResponse(answer.status_code, answer.content, answer["Content-Type"])


def _scope(request: HttpRequest) -> str:
    if _scope_of is None:
        raise ImproperlyConfigured("idempotency.scope_by was never called")
    return _fit(f"{_scope_of(request)}:{request.method}:{request.path}")


def _fit(scope: str) -> str:
    """Long paths are told apart by their digest instead of being cut."""
    if len(scope) <= 200:
        return scope
    return f"{scope[:130]}#{hashlib.sha256(scope.encode()).hexdigest()}"


def forget_older_than(age: timedelta) -> int:
    """Delete answers older than `age`; a key may then be used anew."""
    return IdempotentCall.objects.filter(created_at__lt=clock.now() - age).delete()[0]
