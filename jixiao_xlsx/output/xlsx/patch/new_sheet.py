"""A new worksheet as XML: rows of texts and numbers, with the numbers of their formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from jixiao_xlsx.output.xlsx.patch.markup import clean
from jixiao_xlsx.values.addresses import a1

Content = str | int | float | None


@dataclass(frozen=True, slots=True)
class NewCell:
    """What a cell holds and its format; `link`: a place in the workbook, "" for none."""

    content: Content
    style: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class NewRow:
    """Cells from column A on; `merged`: the first one goes over the whole width."""

    cells: Sequence[NewCell]
    height: float
    merged: bool = False


def worksheet_xml(
    rows: Sequence[NewRow],
    widths: Sequence[float],
    *,
    namespace: str,
    frozen: int,
    tab: str,
    selected: bool = True,
) -> bytes:
    """Return a worksheet for A4 on its side, one page wide, with page numbers.

    The first `frozen` rows stay in view; `tab` is the RGB of its tab. Nothing becomes a formula.
    """
    end = len(widths) - 1
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(widths, 1)
    )
    lines = "".join(_row(at, row) for at, row in enumerate(rows))
    areas = [f"{a1(at, 0)}:{a1(at, end)}" for at, row in enumerate(rows) if row.merged]
    links = [
        f'<hyperlink ref="{a1(at, column)}" location={_attribute(cell.link)}/>'
        for at, row in enumerate(rows)
        for column, cell in enumerate(row.cells)
        if cell.link
    ]
    shown = ' tabSelected="1"' if selected else ""
    pane = f'ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"'
    parts = (
        f'<worksheet xmlns="{namespace}">',
        f'<sheetPr><tabColor rgb="FF{tab}"/><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<dimension ref="A1:{a1(max(len(rows) - 1, 0), end)}"/>',
        f'<sheetViews><sheetView showGridLines="0"{shown} workbookViewId="0">',
        f'<pane {pane}/><selection pane="bottomLeft"/></sheetView></sheetViews>',
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols>',
        f"<sheetData>{lines}</sheetData>",
        _listed("mergeCells", [f'<mergeCell ref="{area}"/>' for area in areas]),
        _listed("hyperlinks", links, counted=False),
        '<pageMargins left="0.4" right="0.4" top="0.55" bottom="0.65" header="0.3" footer="0.3"/>',
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>',
        "<headerFooter><oddFooter>&amp;R第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>",
        "</worksheet>",
    )
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + "".join(parts)).encode()


def _row(at: int, row: NewRow) -> str:
    cells = "".join(_cell(a1(at, column), cell) for column, cell in enumerate(row.cells))
    return f'<row r="{at + 1}" ht="{row.height:g}" customHeight="1">{cells}</row>'


def _cell(ref: str, cell: NewCell) -> str:
    start = f'<c r="{ref}" s="{cell.style}"'
    if cell.content is None or cell.content == "":
        return f"{start}/>"
    if isinstance(cell.content, str):
        text = escape(clean(cell.content))
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"{start}><v>{cell.content}</v></c>"


def _listed(name: str, items: Sequence[str], *, counted: bool = True) -> str:
    count = f' count="{len(items)}"' if counted else ""
    return f"<{name}{count}>{''.join(items)}</{name}>" if items else ""


def _attribute(text: str) -> str:
    return quoteattr(clean(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
