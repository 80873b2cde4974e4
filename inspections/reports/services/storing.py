from fieldsvc.kernel import blobs, clock, hashing
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.hashing import JSONValue
from inspections.reports import sealing, typesetting


def store_pages(paper: typesetting.Paper) -> list[str]:
    """Set the paper once more as pictures, one a page, and keep them; returns their keys."""
    store = blobs.store()
    return [store.put(page, media_type="image/png").key for page in typesetting.pages(paper)]


def sealed_copy(paper: typesetting.Paper) -> tuple[Blob, dict[str, JSONValue]]:
    """Set the paper, seal it as the bureau and keep it; with what the journal is told of the seal.

    Without a timestamp authority the seal is a lower one, which `level` says.
    """
    rendered = typesetting.pdf(paper)
    sealed = sealing.seal(rendered, at=clock.now())
    pdf = blobs.store().put(sealed.pdf, media_type="application/pdf")
    return pdf, {
        "sha256": pdf.sha256,
        "certificate_sha256": sealed.certificate_sha256,
        "level": sealed.level.value,
        # The sealed file begins with what was set in type: who sets it anew can compare.
        "rendered_sha256": hashing.sha256_hex(rendered),
        "rendered_size": len(rendered),
    }
