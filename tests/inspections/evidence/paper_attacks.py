"""The known ways with a sealed PDF; each takes the file, and one that somebody else has sealed.

Shadow attacks and incremental saving (the page behind the seal exchanged), overlays by annotations
and by form fields (EAA, SSA), signature wrapping, universal signature forgery (USF), cutting,
exchanging. Of a paper without a seal those that need one only add a revision.
"""

import re
from collections.abc import Callable
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]")
STROKE = b"q 0 0 0 rg 60 700 300 40 re f Q"


def seal_cut(pdf: bytes, _: bytes) -> bytes:
    return pdf[: pdf.index(b"%%EOF") + 6]


def stamp_cut(pdf: bytes, _: bytes) -> bytes:
    """The revision before the last one; of a paper that was never stamped only its first half."""
    last = pdf.rfind(b"%%EOF", 0, -9)
    return pdf[: last + 6] if last > 0 else pdf[: len(pdf) // 2]


def drawn_over(pdf: bytes, _: bytes) -> bytes:
    """Something more on the page, by an incremental save."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    line = generic.StreamObject(stream_data=STROKE)
    writer.add_stream_to_page(0, writer.add_object(line))
    return _saved(writer)


def page_replaced(pdf: bytes, _: bytes) -> bytes:
    """Shadow attack: the page's own content stream stands for another one now."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page, _resources = writer.find_page_for_modification(0)
    there = page.get_object()
    there[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=STROKE))
    writer.update_container(there)
    return _saved(writer)


def shadow_pages(pdf: bytes, _: bytes) -> bytes:
    """Shadow attack: the document's page tree is exchanged, the sealed pages are still there."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
            pdf_name("/Contents"): writer.add_object(generic.StreamObject(stream_data=STROKE)),
        }
    )
    tree = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Pages"),
            pdf_name("/Count"): generic.NumberObject(1),
            pdf_name("/Kids"): generic.ArrayObject([writer.add_object(page)]),
        }
    )
    writer.root[pdf_name("/Pages")] = writer.add_object(tree)
    writer.update_root()
    return _saved(writer)


def annotated(pdf: bytes, _: bytes) -> bytes:
    """EAA: an annotation whose appearance covers what the page says."""
    return _with_widget(pdf, {"/Subtype": pdf_name("/FreeText")})


def field_added(pdf: bytes, _: bytes) -> bytes:
    """SSA: one more signature field, unsigned, whose appearance covers what the page says."""
    field = {
        "/Subtype": pdf_name("/Widget"),
        "/FT": pdf_name("/Sig"),
        "/T": generic.TextStringObject("approved"),
    }
    return _with_widget(pdf, field)


def _with_widget(pdf: bytes, said: dict[str, generic.PdfObject]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    look = generic.StreamObject(stream_data=STROKE)
    look[pdf_name("/Subtype")] = pdf_name("/Form")
    look[pdf_name("/BBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 40)))
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 700, 360, 740))),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)}),
            **{pdf_name(name): value for name, value in said.items()},
        }
    )
    kept = writer.add_object(note)
    writer.register_annotation(writer.find_page_for_modification(0)[0], kept)
    if "/AcroForm" in writer.root and "/FT" in said:
        form = writer.root["/AcroForm"]
        form["/Fields"].append(kept)
        writer.update_container(form["/Fields"])
    return _saved(writer)


def _saved(writer: IncrementalPdfFileWriter) -> bytes:
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def revision_added(pdf: bytes, _: bytes) -> bytes:
    return pdf + b"\n9 0 obj<</Type/Annot>>endobj\nxref\n0 0\n%%EOF\n"


def seal_swapped(_: bytes, forged: bytes) -> bytes:
    return forged


def wrapped(pdf: bytes, forged: bytes) -> bytes:
    """Signature wrapping: objects of one's own in the gap, and the range stretched over them."""
    found = RANGE.search(pdf)
    if found is None:
        return revision_added(pdf, forged)
    first, long, after, rest = map(int, found.groups())
    inside = b"\n9 0 obj<</Type/Catalog/Pages 10 0 R>>endobj\n"
    told = b"/ByteRange [%d %d %d %d" % (first, long, after + len(inside), rest)
    told = told.ljust(len(found[0]) - 1) + b"]"
    head = pdf[:after].replace(found[0], told)
    return head + inside + pdf[after:]


def value_emptied(pdf: bytes, forged: bytes) -> bytes:
    """USF: the signature's value is nothing but zeros."""
    found = RANGE.search(pdf)
    if found is None:
        return revision_added(pdf, forged)
    long, after = int(found[2]), int(found[3])
    return pdf[: long + 1] + b"0" * (after - long - 2) + pdf[after - 1 :]


def range_nulled(pdf: bytes, forged: bytes) -> bytes:
    """USF: the range says that nothing was signed."""
    return _range_as(pdf, b"/ByteRange [0 0 0 0", forged)


def range_lost(pdf: bytes, forged: bytes) -> bytes:
    """USF: there is a value, and no range."""
    return _range_as(pdf, b"/ByteRangf [0 0 0 0", forged)


def range_negative(pdf: bytes, forged: bytes) -> bytes:
    """USF: the range goes backwards."""
    return _range_as(pdf, b"/ByteRange [0 -1 -1 0", forged)


def _range_as(pdf: bytes, told: bytes, forged: bytes) -> bytes:
    found = RANGE.search(pdf)
    if found is None:
        return revision_added(pdf, forged)
    return pdf.replace(found[0], told.ljust(len(found[0]) - 1) + b"]", 1)


Attack = Callable[[bytes, bytes], bytes]
ATTACKS: tuple[Attack, ...] = (
    *(seal_cut, stamp_cut, seal_swapped, revision_added),
    *(drawn_over, page_replaced, shadow_pages, annotated, field_added),
    *(wrapped, value_emptied, range_nulled, range_lost, range_negative),
)
