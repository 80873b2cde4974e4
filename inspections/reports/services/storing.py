from fieldsvc.kernel import blobs
from inspections.reports import typesetting


def store_pages(paper: typesetting.Paper) -> list[str]:
    """Set the paper once more as pictures, one a page, and keep them; returns their keys."""
    store = blobs.store()
    return [store.put(page, media_type="image/png").key for page in typesetting.pages(paper)]
