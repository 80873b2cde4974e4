"""What people and the bureau signed, as files of a package that are found by their names."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs7

from fieldsvc.kernel import blobs, journal
from fieldsvc.kernel.journal import JournalEntry
from inspections.evidence import certificates
from inspections.evidence.export.bag import Bag
from inspections.evidence.models import Dossier
from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.items import FROZEN, message_path
from inspections.evidence.verifier.papers import signatures_in


def put_signatures(bag: Bag, dossier: Dossier) -> None:
    """The frozen record, each signer's CMS message, and the certificates of signers and seal.

    A file that was disposed of is left out, and so is what lies in it.
    """
    told = list(journal.entries(dossier.stream))
    frozen = [one for one in told if one.kind == "record.frozen"]
    if frozen:
        paper = _bytes_of(dossier, str(frozen[-1].data["sha256"]))
        if paper is not None:
            bag.put(FROZEN, paper)
    for one in told:
        if one.kind == "signature.completed" and one.data.get("cms_sha256"):
            _put_message(bag, dossier, one)
        elif one.kind == "record.sealed":
            pdf = _bytes_of(dossier, str(one.data["sha256"]))
            if pdf is not None:
                put_sealer(bag, pdf, Entry(bytes(one.body)))


def _put_message(bag: Bag, dossier: Dossier, answer: JournalEntry) -> None:
    message = _bytes_of(dossier, str(answer.data["cms_sha256"]))
    if message is not None:
        told = Entry(bytes(answer.body))
        bag.put(message_path(told), message)
        _put_certificate(bag, "signer", message, told)


def put_sealer(bag: Bag, pdf: bytes, sealed: Entry) -> None:
    """The certificate of the seal in a file, of which `sealed` tells."""
    for one in signatures_in(pdf, int(sealed.data["rendered_size"]))[:1]:
        _put_certificate(bag, "seal", one.value, sealed)


def _put_certificate(bag: Bag, kind: str, message: bytes, entry: Entry) -> None:
    """The certificate in the message which the journal names, once."""
    named = entry.text("certificate_sha256")
    path = f"data/certificates/{kind}-{named[:16]}.pem"
    for one in pkcs7.load_der_pkcs7_certificates(message):
        if _fingerprint(one) == named and path not in bag.digests:
            bag.put(path, certificates.pem_of(one).encode())


def _fingerprint(one: x509.Certificate) -> str:
    return one.fingerprint(hashes.SHA256()).hex()


def _bytes_of(dossier: Dossier, sha256: str) -> bytes | None:
    item = dossier.items.filter(sha256=sha256).first()
    if item is None or not blobs.store().exists(item.blob_key):
        return None
    with blobs.store().open(item.blob_key) as file:
        return file.read()
