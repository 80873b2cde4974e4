"""Timestamps of an authority (RFC 3161): asked for over HTTP, believed only when all of it fits."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import httpcore
from asn1crypto import algos, tsp
from cryptography import x509
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from fieldsvc.kernel import clock
from inspections.evidence.services import Stamp

DEADLINE = 10.0  # seconds from the first byte to the last
MAX_ANSWER = 64 * 1024
TOLERANCE = timedelta(minutes=2)


class TimestampFailed(Exception):
    """No timestamp that could be believed; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TimestampAuthority(Protocol):
    """Gives a timestamp over SHA-256 of `body`, or over that digest; else raises
    TimestampFailed."""

    name: str

    def stamp(self, body: bytes) -> Stamp: ...

    def stamp_digest(self, digest: bytes) -> Stamp: ...

    def pin(self) -> "Pin":
        """Whose signature counts."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What an authority is asked: a SHA-256 digest and a nonce, as a TimeStampReq in DER."""

    digest: bytes
    nonce: int
    der: bytes

    @classmethod
    def over(cls, digest: bytes) -> "Question":
        nonce = secrets.randbits(63)
        imprint = tsp.MessageImprint(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "hashed_message": digest,
            }
        )
        said = {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
        return cls(digest, nonce, tsp.TimeStampReq(said).dump())


@dataclass(frozen=True, slots=True)
class Pin:
    """Whose signature counts: exactly this certificate, issued under one of these roots."""

    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...]

    @classmethod
    def of_pem(cls, pem: bytes) -> "Pin":
        """The authority's certificate first, then issuers and root in any order."""
        first, *others = x509.load_pem_x509_certificates(pem)
        roots = tuple(one for one in others if one.issuer == one.subject)
        return cls(first, tuple(one for one in others if one not in roots), roots)


class HttpAuthority:
    """An authority somewhere else; its clock may differ from ours by two minutes at most."""

    def __init__(self, name: str, url: str, pin: Pin, *, deadline: float = DEADLINE) -> None:
        self.name = name
        self._url = url
        self._pin = pin
        self._deadline = deadline

    @classmethod
    def configured(cls, name: str, url: str, certificates: str) -> "HttpAuthority":
        return cls(name, url, Pin.of_pem(Path(certificates).read_bytes()))

    def stamp(self, body: bytes) -> Stamp:
        return self.stamp_digest(hashlib.sha256(body).digest())

    def stamp_digest(self, digest: bytes) -> Stamp:
        wanted = Question.over(digest)
        stamp = checked(self._ask(wanted.der), wanted, self._pin)
        if abs(stamp.at - clock.now()) > TOLERANCE:
            raise TimestampFailed("time_differs")
        return stamp

    def pin(self) -> "Pin":
        return self._pin

    def _ask(self, question: bytes) -> bytes:
        until = time.monotonic() + self._deadline
        steps = dict.fromkeys(("connect", "read", "write", "pool"), self._deadline)
        answer = b""
        try:
            with (
                httpcore.ConnectionPool() as pool,
                pool.stream(
                    "POST",
                    self._url,
                    headers=[(b"Content-Type", b"application/timestamp-query")],
                    content=question,
                    extensions={"timeout": steps},
                ) as response,
            ):
                if response.status != 200:
                    raise TimestampFailed("refused")
                for piece in response.iter_stream():
                    answer += piece
                    # Dripping bytes do not lengthen the deadline.
                    if len(answer) > MAX_ANSWER or time.monotonic() > until:
                        raise TimestampFailed("timeout" if len(answer) <= MAX_ANSWER else "endless")
        except httpcore.TimeoutException as error:
            raise TimestampFailed("timeout") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise TimestampFailed("unreachable") from error
        return answer


def checked(answer: bytes, wanted: Question, pin: Pin) -> Stamp:
    """The answer, if signature, certificate, chain, nonce and imprint are what they must be."""
    builder = VerifierBuilder(nonce=wanted.nonce, tsa_certificate=pin.certificate)
    for one in pin.intermediates:
        builder = builder.add_intermediate_certificate(one)
    for one in pin.roots:
        builder = builder.add_root_certificate(one)
    try:
        response = decode_timestamp_response(answer)
        builder.build().verify(response, wanted.digest)
    except (ValueError, VerificationError, x509.InvalidVersion) as error:
        raise TimestampFailed("not_believed") from error
    chain = (pin.certificate, *pin.intermediates, *pin.roots)
    until = min(one.not_valid_after_utc for one in chain)
    return Stamp(answer, response.tst_info.gen_time, until)
