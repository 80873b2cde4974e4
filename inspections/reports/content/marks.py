"""What every paper carries so that anybody can check it: where, against which root, whose seal."""

from urllib.parse import quote

from cryptography.x509.oid import NameOID
from django.conf import settings

from inspections.evidence import authority
from inspections.reports.shapes.marks import Stamp

BUILT_IN_ROOT = "内置测试根"


def check_address(number: str) -> str:
    """Where the number can be checked; the root's fingerprint follows the #, for the page alone."""
    return f"{settings.PUBLIC_URL}/check/{quote(number)}#{authority.fingerprint()}"


def root_line() -> str:
    """The line of the footer that names the root everything is verified against."""
    return f"根证书指纹 SHA-256 {authority.fingerprint()}"


def stamp_of(bureau_name: str) -> Stamp:
    """The visible seal; under the built-in root it says that it only shows where one would be."""
    return {"name": bureau_name, "note": "电子签章示意" if is_built_in_root() else "电子签章"}


def is_built_in_root() -> bool:
    names = authority.root().subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(one.value == BUILT_IN_ROOT for one in names)
