"""Rows of the ledger as an .xlsx that no spreadsheet program takes for a formula.

The file is written by hand, row by row: what a library does for each of the cells of ten thousand
rows costs five times the whole of this (`make bench ARGS="--only ledger"`).
"""

from inspections.ledger.workbook.cells import is_risky
from inspections.ledger.workbook.columns import make

__all__ = ["is_risky", "make"]
