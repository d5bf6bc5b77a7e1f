"""Native bar charts for Word documents: drawn by Word and WPS themselves, their figures can be edited there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jixiao_xlsx.output.xlsx.page import new_book
from jixiao_xlsx.output.xlsx.styles import SONG

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PER_CM = 360_000
# Said of each, since Word and LibreOffice take what is not said for different things.
_ONLY_VALUES = '<c:showLegendKey val="0"/><c:showVal val="1"/>' + "".join(
    f'<c:show{what} val="0"/>' for what in ("CatName", "SerName", "Percent", "BubbleSize")
)
_COLOURS = {"bar": "#2F5C9A", "column": "#70AD47"}


@dataclass(frozen=True, slots=True)
class Bars:
    """Named counts to be drawn as lying bars (“bar”) or upright ones (“column”), of a size in cm."""

    title: str
    counts: Sequence[tuple[str, int]]
    kind: str
    width: float
    height: float


class Drawn:
    """`Bars` on their way into a document that docxtpl fills: the chart is put in where a template names it."""

    def __init__(self, bars: Bars, document: Any, number: int) -> None:
        self._bars, self._document, self._number = bars, document, number

    def __html__(self) -> str:
        """The drawing, between the runs of the text that it stands in."""
        bars = self._bars
        size = f'cx="{bars.width * _PER_CM:.0f}" cy="{bars.height * _PER_CM:.0f}"'
        chart = f'<c:chart xmlns:c="{_CHART}" xmlns:r="{_RELATED}" r:id="{self._put_in()}"/>'
        graphic = (
            f'<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="{_CHART}">{chart}'
            "</a:graphicData></a:graphic>"
        )
        drawing = (
            '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" '
            f'distB="0" distL="0" distR="0"><wp:extent {size}/><wp:docPr id="{100 + self._number}" name="图 {self._number}"/>'
            f"<wp:cNvGraphicFramePr/>{graphic}</wp:inline></w:drawing>"
        )
        return f'</w:t></w:r><w:r>{drawing}</w:r><w:r><w:t xml:space="preserve">'

    def _put_in(self) -> str:
        """Add the chart and the workbook behind it to the document; returns the chart's id there."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        part = self._document.current_rendering_part
        xml, book = _chart_of(self._bars)
        place = (
            f"/word/charts/chart{self._number}.xml",
            f"/word/embeddings/chart{self._number}.xlsx",
        )
        behind = Part(PackURI(place[1]), _BOOK_TYPE, book, part.package)
        link = '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'  # the chart's only relation
        xml = xml.replace("<c:printSettings>", f"{link}<c:printSettings>", 1).replace(
            '<c:showVal val="1"/>', _ONLY_VALUES
        )
        chart = Part(PackURI(place[0]), _CHART_TYPE, xml.encode(), part.package)
        chart.relate_to(behind, f"{_RELATED}/package")
        related: str = part.relate_to(chart, f"{_RELATED}/chart")
        return related


def _chart_of(bars: Bars) -> tuple[str, bytes]:
    """The chart as XML with its figures, and a workbook that holds them."""
    stream = io.BytesIO()
    with new_book(stream, bars.title) as book:
        sheet = book.add_worksheet("数据")
        shown = (
            [*reversed(bars.counts)] if bars.kind == "bar" else [*bars.counts]
        )  # lying bars are drawn from below
        sheet.write_row(0, 0, ("项目", "数量"))
        for at, (name, count) in enumerate(shown, 1):
            sheet.write_string(at, 0, name)
            sheet.write_number(at, 1, count)
        chart = book.add_chart({"type": bars.kind})
        last = max(len(shown), 1)
        chart.add_series(
            {
                "name": ["数据", 0, 1],
                "categories": ["数据", 1, 0, last, 0],
                "values": ["数据", 1, 1, last, 1],
                "fill": {"color": _COLOURS[bars.kind]},
                "gap": 60,
                "data_labels": {
                    "value": True,
                    "position": "outside_end",
                    "font": {"name": SONG, "size": 9},
                },
            }
        )
        font = {"name": SONG, "size": 9}
        chart.set_title(
            {
                "name": bars.title,
                "name_font": {"name": SONG, "size": 11, "bold": True},
                "overlay": False,
            }
        )
        names, counts = chart.set_x_axis, chart.set_y_axis
        if bars.kind == "bar":  # where the axes are called after where they lie
            names, counts = counts, names
        names({"num_font": font, "line": {"color": "#7F7F7F"}, "major_tick_mark": "none"})
        counts({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
        chart.set_legend({"none": True})
        sheet.insert_chart("D2", chart)
    data = stream.getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/charts/chart1.xml").decode(), data
