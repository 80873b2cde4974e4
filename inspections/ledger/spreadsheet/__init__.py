"""One table as an .xlsx file, row by row.

Written by hand, because what a library does for each of the cells of ten thousand rows costs five
times the whole of this (`make bench ARGS="--only ledger"`).
"""

from inspections.ledger.spreadsheet.cells import Cell, is_risky
from inspections.ledger.spreadsheet.package import Column, Spreadsheet

__all__ = ["Cell", "Column", "Spreadsheet", "is_risky"]
