"""The installation's own certificate authority: one root, and certificates that say their use.

Keys are EC P-256 and signatures SHA-256, so that the openssl of any system can check them. The
folder AUTHORITY_FOLDER holds `<name>.key.pem` (key and certificate, readable by its owner only)
and `root.pem` (the certificate alone, to hand out). A bureau with a root of its own puts its
`root.key.pem` there before the first start.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from fieldsvc.kernel import clock
from fieldsvc.kernel.labels import Labelled

ORGANISATION = "云勘验"
ROOT_YEARS = 30
OWN_YEARS = 10
# A clock that is a little behind must not call a new certificate "not yet valid".
SLACK = timedelta(minutes=5)
RENEW_BEFORE = timedelta(days=30)

Pair: TypeAlias = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


class Usage(Labelled):
    """What a certificate may vouch for; stands as OU in its subject, where the issuer put it."""

    CHECKPOINT = "CHECKPOINT", "检查点"
    SIGNER = "SIGNER", "签署人"
    SEAL = "SEAL", "单位印章"


def root() -> x509.Certificate:
    """The root certificate; made on first use."""
    return _root()[1]


def root_pem() -> bytes:
    return root().public_bytes(serialization.Encoding.PEM)


def root_file() -> Path:
    """The file with the root certificate alone, which may be given to anybody."""
    path = _folder() / "root.pem"
    pem = root_pem()
    if not path.is_file() or path.read_bytes() != pem:
        _write(path, pem, mode=0o644)
    return path


def fingerprint() -> str:
    """SHA-256 of the root's DER bytes, as hex digits."""
    return root().fingerprint(hashes.SHA256()).hex()


def issue(
    public_key: ec.EllipticCurvePublicKey,
    *,
    subject: str,
    usage: Usage,
    until: datetime,
    serial: int | None = None,
) -> x509.Certificate:
    """A certificate of the root for `public_key`, valid from now to `until`.

    The subject is CN=`subject`, OU=`usage`: who verifies has to look at OU, because an applicant's
    certificate of one hour comes from the same root as that of the checkpoints.
    """
    key, issuer = _root()
    name = _name(subject, usage)
    builder = _builder(name, public_key, issuer.subject, until, serial)
    if usage is Usage.SIGNER:
        # Without it `openssl cms -verify` takes the certificate for something else.
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(issues=False), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def key_for(usage: Usage) -> Pair:
    """The server's own key for one use, and its certificate; made and renewed as needed."""
    path = _folder() / f"{usage.value.lower()}.key.pem"
    found = _kept(path, lambda: _own(usage))
    if found[1].not_valid_after_utc > clock.now() + RENEW_BEFORE:
        return found
    _write(path, _pem(_own(usage)))
    return _load(path)


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def self_signed(label: str, until: datetime) -> Pair:
    """A new root of its own: a key and a certificate that names itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(label)
    certificate = (
        _builder(name, key.public_key(), name, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(issues=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _root() -> Pair:
    def make() -> Pair:
        return self_signed(settings.AUTHORITY_LABEL, _years(ROOT_YEARS))

    return _kept(_folder() / "root.key.pem", make)


def _own(usage: Usage) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    # Not longer than the root itself: a chain is worth what its shortest link is.
    until = min(_years(OWN_YEARS), root().not_valid_after_utc)
    return key, issue(key.public_key(), subject=usage.label, usage=usage, until=until)


def _years(count: int) -> datetime:
    return clock.now() + timedelta(days=365 * count)


def _builder(
    name: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    until: datetime,
    serial: int | None = None,
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(clock.now() - SLACK)
        .not_valid_after(until)
        .add_extension(identifier, critical=False)
    )


def _name(common: str, usage: Usage | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION)]
    if usage is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, usage.value))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


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


def _folder() -> Path:
    folder = Path(settings.AUTHORITY_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _kept(path: Path, make: Callable[[], Pair]) -> Pair:
    """The pair in `path`; if two processes make it at once, both go on with the first one's."""
    if not path.is_file():
        _write(path, _pem(make()), replace=False)
    return _load(path)


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


def _pem(pair: Pair) -> bytes:
    key, certificate = pair
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes, *, mode: int = 0o600, replace: bool = True) -> None:
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
