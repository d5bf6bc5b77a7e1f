"""A workbook written as XML Spreadsheet 2003, or as a page with tables, as other systems do."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from html import escape
from typing import Any

import openpyxl

_XML = (
    '<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles>{styles}</Styles>{sheets}</Workbook>'
)


def as_xml_2003(data: bytes, encoding: str = "UTF-8") -> bytes:
    """Return the values, formulas, formats and merges of an .xlsx as XML Spreadsheet 2003."""
    values, formulas = _books(data)
    styles: dict[str, str] = {}
    sheets = "".join(_xml_sheet(sheet, formulas[sheet.title], styles) for sheet in values)
    kinds = "".join(
        f'<Style ss:ID="{name}"><NumberFormat ss:Format="{escape(code)}"/></Style>'
        for code, name in styles.items()
    )
    return _XML.format(encoding=encoding, styles=kinds, sheets=sheets).encode(encoding)


def _books(data: bytes) -> tuple[Any, Any]:
    return tuple(
        openpyxl.load_workbook(io.BytesIO(data), data_only=shown) for shown in (True, False)
    )


def _xml_sheet(sheet: Any, formulas: Any, styles: dict[str, str]) -> str:
    spans = {one.coord.partition(":")[0]: one for one in sheet.merged_cells.ranges}
    rows = []
    for row in sheet.iter_rows():
        cells = "".join(
            _xml_cell(cell, formulas[cell.coordinate].value, spans, styles)
            for cell in row
            if cell.value is not None or formulas[cell.coordinate].value is not None
        )
        if cells:
            rows.append(f'<Row ss:Index="{row[0].row}">{cells}</Row>')
    hidden = "SheetVisible" if sheet.sheet_state == "visible" else "SheetHidden"
    options = f"<x:WorksheetOptions><x:Visible>{hidden}</x:Visible></x:WorksheetOptions>"
    name = escape(sheet.title)
    return f'<Worksheet ss:Name="{name}"><Table>{"".join(rows)}</Table>{options}</Worksheet>'


def _xml_cell(cell: Any, formula: Any, spans: dict[str, Any], styles: dict[str, str]) -> str:
    place = f' ss:Index="{cell.column}"'
    if cell.number_format != "General":
        place += f' ss:StyleID="{styles.setdefault(cell.number_format, f"s{len(styles)}")}"'
    if isinstance(formula, str) and formula.startswith("="):
        place += ' ss:Formula="=R[-1]C"'
    if span := spans.get(cell.coordinate):
        across, down = span.max_col - span.min_col, span.max_row - span.min_row
        place += f' ss:MergeAcross="{across}" ss:MergeDown="{down}"'
    data = _xml_data(cell) or ('<Data ss:Type="String"></Data>' if "Formula" in place else "")
    note = '<Comment ss:Author="x"><ss:Data xmlns="h"><B>批注：</B>12</ss:Data></Comment>'
    return f"<Cell{place}>{data}{note}</Cell>"


def _xml_data(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<Data ss:Type="Boolean">{int(value)}</Data>'
    if isinstance(value, int | float):
        return f'<Data ss:Type="Number">{value!r}</Data>'
    if isinstance(value, dt.date):
        return f'<Data ss:Type="DateTime">{value.isoformat()}</Data>'
    kind = "Error" if cell.data_type == "e" else "String"
    return f'<Data ss:Type="{kind}">{escape(str(value))}</Data>'


def as_page(data: bytes, encoding: str = "gbk") -> bytes:
    """Return what an .xlsx shows as a page: a table for each visible sheet, under its name."""
    values, _ = _books(data)
    tables = "".join(
        f"<h2>{escape(sheet.title)}</h2><table border=1>{''.join(_page_rows(sheet))}</table>"
        for sheet in values
        if sheet.sheet_state == "visible"
    )
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}">'
        f"<style>td {{ color: red }}</style></head><body>{tables}</body></html>"
    )
    return page.encode(encoding, "xmlcharrefreplace")


def _page_rows(sheet: Any) -> Iterator[str]:
    covered: set[str] = set()
    spans = {}
    for one in sheet.merged_cells.ranges:
        places = [cell.coordinate for row in sheet[one.coord] for cell in row]
        spans[places[0]] = one
        covered |= set(places[1:])
    for row in sheet.iter_rows():
        yield "<tr>"
        for cell in row:
            if cell.coordinate in covered:
                continue
            span = spans.get(cell.coordinate)
            more = (
                f' colspan="{span.max_col - span.min_col + 1}" '
                f'rowspan="{span.max_row - span.min_row + 1}"'
                if span
                else ""
            )
            yield f"<td{more}>{_shown(cell)}&nbsp;</td>"
        yield "</tr>"


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "%" in cell.number_format:
            return f"{value:.2%}"
        return f"{value:,.2f}" if isinstance(value, float) else str(value)
    return escape(str(value)).replace("\n", "<br>")
