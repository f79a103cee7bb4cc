"""Writing CSV that a spreadsheet shows and does not run."""

import csv
from collections.abc import Iterable, Iterator

# A cell that begins with one of these is a formula to Excel, LibreOffice or Google Sheets. The last four are
# the wide forms of = + - @ that East Asian keyboards type; spreadsheets take them too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula. Numbers stay numbers, also negative ones."""
    if isinstance(cell, str) and (
        cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)
    ):
        return "'" + cell
    return cell


class _Line:
    """Gives each written line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield one line after another, so that memory stays flat however many rows there are."""
    writer = csv.writer(_Line(), lineterminator="\n")
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])
