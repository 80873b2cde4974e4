"""A certificate of our own, so that a phone on the same network may use its camera."""

import ipaddress
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fieldsvc.kernel import clock

LIFETIME = timedelta(days=397)  # browsers refuse longer ones


@dataclass(frozen=True, slots=True)
class TlsFiles:
    key: Path
    certificate: Path


def own_certificate(folder: Path, address: str) -> TlsFiles:
    """Return key and self-signed certificate for `address`, made once per address (mode 0600)."""
    files = TlsFiles(folder / f"{address}.key.pem", folder / f"{address}.cert.pem")
    if files.key.exists() and files.certificate.exists():
        return files
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "云勘验 本机演示")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFETIME)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(address))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as target:
        target.write(pem)
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return files
