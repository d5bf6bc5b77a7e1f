"""Native bar charts for Word documents, whose figures can be edited in Word and WPS."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from jixiao_xlsx.output.xlsx.page import new_book
from jixiao_xlsx.output.xlsx.patch.package import Package
from jixiao_xlsx.output.xlsx.styles import SONG

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_CHART = f"{_DRAWING}/chart"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PER_CM = 360_000
# All are explicit, since Word and LibreOffice have different defaults.
_ONLY_VALUES = '<c:showLegendKey val="0"/><c:showVal val="1"/>' + "".join(
    f'<c:show{what} val="0"/>' for what in ("CatName", "SerName", "Percent", "BubbleSize")
)
_COLOURS = {"bar": "#2F5C9A", "column": "#70AD47"}


@dataclass(frozen=True, slots=True)
class Bars:
    """Named counts to draw as horizontal bars (“bar”) or vertical ones (“column”); sizes in cm."""

    title: str
    counts: Sequence[tuple[str, int]]
    kind: str
    width: float
    height: float


class DrawnBars:
    """`Bars` in a part of a document; the chart is added where the template names it."""

    def __init__(self, bars: Bars, package: Package, part: str, number: int) -> None:
        self._bars, self._package, self._part, self._number = bars, package, part, number

    def __html__(self) -> str:
        """Return the drawing, between the runs of the text around it."""
        bars = self._bars
        size = f'cx="{bars.width * _PER_CM:.0f}" cy="{bars.height * _PER_CM:.0f}"'
        chart = f'<c:chart xmlns:c="{_CHART}" xmlns:r="{_RELATED}" r:id="{self._add_parts()}"/>'
        graphic = (
            f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_CHART}">{chart}'
            "</a:graphicData></a:graphic>"
        )
        drawing = (
            f'<w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" '
            f'distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr id="{100 + self._number}" name="图 {self._number}"/>'
            f"<wp:cNvGraphicFramePr/>{graphic}</wp:inline></w:drawing>"
        )
        return f'</w:t></w:r><w:r>{drawing}</w:r><w:r><w:t xml:space="preserve">'

    def _add_parts(self) -> str:
        """Add the chart and its workbook to the document; return the chart's relation id."""
        package = self._package
        xml, book = _chart_of(self._bars)
        chart = package.unused("word/charts/chart{}.xml")
        behind = package.unused("word/embeddings/chart{}.xlsx")
        package.put(behind, book)
        package.declare(behind, _BOOK_TYPE)
        identity = package.relate(chart, "package", behind)
        link = f'<c:externalData r:id="{identity}"><c:autoUpdate val="0"/></c:externalData>'
        # Without it some programs draw the title over the bars.
        xml = xml.replace("</c:title>", '<c:overlay val="0"/></c:title>', 1)
        xml = xml.replace("<c:printSettings>", f"{link}<c:printSettings>", 1)
        package.put(chart, xml.replace('<c:showVal val="1"/>', _ONLY_VALUES).encode())
        package.declare(chart, _CHART_TYPE)
        return package.relate(self._part, "chart", chart)


def _chart_of(bars: Bars) -> tuple[str, bytes]:
    """Return the chart as XML with its figures, and a workbook that holds them."""
    stream = io.BytesIO()
    with new_book(stream, bars.title) as book:
        sheet = book.add_worksheet("数据")
        # Horizontal bars are drawn from below.
        counts = [*reversed(bars.counts)] if bars.kind == "bar" else [*bars.counts]
        sheet.write_row(0, 0, ("项目", "数量"))
        for at, (name, count) in enumerate(counts, 1):
            sheet.write_string(at, 0, name)
            sheet.write_number(at, 1, count)
        chart = book.add_chart({"type": bars.kind})
        last = max(len(counts), 1)
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
        set_names, set_counts = chart.set_x_axis, chart.set_y_axis
        if bars.kind == "bar":  # xlsxwriter names the axes by their position
            set_names, set_counts = set_counts, set_names
        set_names({"num_font": font, "line": {"color": "#7F7F7F"}, "major_tick_mark": "none"})
        set_counts({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
        chart.set_legend({"none": True})
        sheet.insert_chart("D2", chart)
    data = stream.getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/charts/chart1.xml").decode(), data
