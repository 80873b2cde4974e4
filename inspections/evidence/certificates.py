"""Making and keeping keys and certificates: EC P-256, SHA-256, PEM files written whole."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from fieldsvc.kernel import clock

ORGANISATION = "云勘验"
# A clock that is a little behind must not call a new certificate "not yet valid".
SLACK = timedelta(minutes=5)

Pair: TypeAlias = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


@dataclass(frozen=True, slots=True)
class Lines:
    """What a certificate says besides its key; `since` defaults to now, `serial` to a random."""

    common: str
    until: datetime
    unit: str = ""
    since: datetime | None = None
    serial: int | None = None
    purpose: x509.ExtendedKeyUsage | None = None
    purpose_only: bool = False


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def self_signed(lines: Lines) -> Pair:
    """A new root of its own: a key and a certificate that names itself."""
    key = new_key()
    certificate = (
        _builder(lines, key.public_key(), _name(lines))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(issues=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def issued(by: Pair, key: ec.EllipticCurvePublicKey, lines: Lines) -> x509.Certificate:
    """A certificate for `key` that can issue none itself."""
    issuer_key, issuer = by
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        _builder(lines, key, issuer.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(issues=False), critical=True)
        .add_extension(identifier, critical=False)
    )
    if lines.purpose is not None:
        builder = builder.add_extension(lines.purpose, critical=lines.purpose_only)
    return builder.sign(issuer_key, hashes.SHA256())


def kept(path: Path, make: Callable[[], Pair]) -> Pair:
    """The pair in `path`; if two processes make it at once, both go on with the first one's."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write(path, pem_of_pair(make()), replace=False)
    return _load(path)


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def pem_of_list(revoked: x509.CertificateRevocationList) -> bytes:
    return revoked.public_bytes(serialization.Encoding.PEM)


def pem_of_pair(pair: Pair) -> bytes:
    key, certificate = pair
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + pem_of(certificate).encode("ascii")


def public_copy(path: Path, certificate: x509.Certificate) -> Path:
    """`path` with the certificate alone, which may be given to anybody."""
    pem = pem_of(certificate).encode("ascii")
    if not path.is_file() or path.read_bytes() != pem:
        write(path, pem, mode=0o644)
    return path


def write(path: Path, content: bytes, *, mode: int = 0o600, replace: bool = True) -> None:
    """Whole or not at all; without `replace` whoever came first stays."""
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside = Path(file.name)
    aside.chmod(mode)
    if replace:
        aside.replace(path)
        return
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _load(path: Path) -> Pair:
    content = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificate(content)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{path.name} in AUTHORITY_FOLDER does not hold a key and its certificate as PEM."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ImproperlyConfigured(f"{path.name} in AUTHORITY_FOLDER is no EC P-256 key.")
    return key, certificate


def _builder(
    lines: Lines, key: ec.EllipticCurvePublicKey, issuer: x509.Name
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(lines))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(lines.serial or x509.random_serial_number())
        .not_valid_before(lines.since or clock.now() - SLACK)
        .not_valid_after(lines.until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(lines: Lines) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION)]
    if lines.unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, lines.unit))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, lines.common[:64])])


def _key_usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=not issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )
