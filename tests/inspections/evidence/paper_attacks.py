"""Five ways with a sealed PDF; each takes the file, and one that somebody else has sealed."""

from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def seal_cut(pdf: bytes, _: bytes) -> bytes:
    return pdf[: pdf.index(b"%%EOF") + 6]


def stamp_cut(pdf: bytes, _: bytes) -> bytes:
    """The revision before the last one; of a paper that was never stamped only its first half."""
    last = pdf.rfind(b"%%EOF", 0, -9)
    return pdf[: last + 6] if last > 0 else pdf[: len(pdf) // 2]


def drawn_over(pdf: bytes, _: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    line = generic.StreamObject(stream_data=b"q 0 0 0 rg 60 700 300 40 re f Q")
    writer.add_stream_to_page(0, writer.add_object(line))
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def revision_added(pdf: bytes, _: bytes) -> bytes:
    return pdf + b"\n9 0 obj<</Type/Annot>>endobj\nxref\n0 0\n%%EOF\n"


def seal_swapped(_: bytes, forged: bytes) -> bytes:
    return forged


ATTACKS = (seal_cut, stamp_cut, drawn_over, revision_added, seal_swapped)
