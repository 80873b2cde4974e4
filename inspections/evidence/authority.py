"""The installation's own certificate authority: one root, and certificates that say their use.

Keys are EC P-256 and signatures SHA-256, so that the openssl of any system can check them. The
folder AUTHORITY_FOLDER holds `<name>.key.pem` (key and certificate, readable by its owner only)
and `root.pem` (the certificate alone, to hand out). A bureau with a root of its own puts its
`root.key.pem` there before the first start. `revoked.json` lists what was taken back.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.conf import settings

from fieldsvc.kernel import clock
from fieldsvc.kernel.labels import Labelled
from inspections.evidence import certificates
from inspections.evidence.certificates import Lines, Pair

ROOT_YEARS = 30
OWN_YEARS = 10
RENEW_BEFORE = timedelta(days=30)
LIST_LASTS = timedelta(days=30)
# What the root vouches for is dated by its own certificates, whatever the clock said at first.
SINCE = datetime(2000, 1, 1, tzinfo=UTC)


class Usage(Labelled):
    """What a certificate may vouch for; stands as OU in its subject, where the issuer put it."""

    CHECKPOINT = "CHECKPOINT", "检查点"
    SIGNER = "SIGNER", "签署人"
    SEAL = "SEAL", "单位印章"


def root() -> x509.Certificate:
    """The root certificate; made on first use."""
    return _root()[1]


def root_pem() -> bytes:
    return certificates.pem_of(root()).encode("ascii")


def root_file() -> Path:
    """The file with the root certificate alone, which may be given to anybody."""
    found = root()
    return certificates.public_copy(_folder() / "root.pem", found)


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
    # Without the purpose `openssl cms -verify` takes a signer's for something else.
    mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    purpose = mail if usage is Usage.SIGNER else None
    lines = Lines(subject, until, unit=usage.value, serial=serial, purpose=purpose)
    return certificates.issued(_root(), public_key, lines)


def key_for(usage: Usage) -> Pair:
    """The server's own key for one use, and its certificate; made anew before its end, and when
    the certificate was revoked."""
    path = _folder() / f"{usage.value.lower()}.key.pem"
    found = certificates.kept(path, lambda: _own(usage))
    now = clock.now()
    # Not yet valid: made before the clock was set right.
    lasts = found[1].not_valid_before_utc <= now < found[1].not_valid_after_utc - RENEW_BEFORE
    if lasts and found[1].serial_number not in revoked():
        return found
    fresh = _own(usage)
    certificates.write(path, certificates.pem_of_pair(fresh))
    return fresh


def revoked() -> dict[int, datetime]:
    """Serial numbers of the certificates taken back, and since when they count no more."""
    path = _folder() / "revoked.json"
    if not path.is_file():
        return {}
    said = json.loads(path.read_bytes())
    return {int(serial, 16): datetime.fromisoformat(at) for serial, at in said.items()}


def revoke(serial: int) -> None:
    """Take a certificate back from now on; the first time it was taken back stays.

    What its key signed before, and can prove by a timestamp to have signed before, stays good.
    """
    known = revoked()
    known.setdefault(serial, clock.now())
    said = {f"{one:x}": clock.iso(at) for one, at in sorted(known.items())}
    root()  # makes the folder
    certificates.write(_folder() / "revoked.json", json.dumps(said, indent=1).encode() + b"\n")


def crl() -> bytes:
    """The list of revoked certificates (RFC 5280 §5), DER, signed by the root, good for a month."""
    key, issuer = _root()
    now = clock.now()
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now - certificates.SLACK)
        .next_update(now + LIST_LASTS)
        .add_extension(identifier, critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for serial, at in revoked().items():
        one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        builder = builder.add_revoked_certificate(one)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _root() -> Pair:
    def make() -> Pair:
        lines = Lines(settings.AUTHORITY_LABEL, _in_years(ROOT_YEARS), since=SINCE)
        return certificates.self_signed(lines)

    return certificates.kept(_folder() / "root.key.pem", make)


def _own(usage: Usage) -> Pair:
    key = certificates.new_key()
    # Not longer than the root itself: a chain is worth what its shortest link is.
    until = min(_in_years(OWN_YEARS), root().not_valid_after_utc)
    return key, issue(key.public_key(), subject=usage.label, usage=usage, until=until)


def _in_years(count: int) -> datetime:
    return clock.now() + timedelta(days=365 * count)


def _folder() -> Path:
    return Path(settings.AUTHORITY_FOLDER)
