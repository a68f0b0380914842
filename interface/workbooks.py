"""Excel workbooks in memory."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any


def workbook_of(write: Callable[[Any], None]) -> bytes:
    """The workbook that `write` fills; no text in it is read as a formula or a link, and NaN becomes an error value.

    Examples
    --------
    >>> import io, python_calamine
    >>> content = workbook_of(lambda book: book.add_worksheet("Plan").write(0, 0, "=1+1"))
    >>> python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Plan").to_python()
    [['=1+1']]
    """
    import xlsxwriter

    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(stream, options) as book:
        write(book)
    return stream.getvalue()
