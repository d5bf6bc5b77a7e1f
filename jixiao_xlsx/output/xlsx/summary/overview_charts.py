"""The native charts of the sheet 总览."""

from __future__ import annotations

from typing import Any

from jixiao_xlsx.output.xlsx.styles import HEI, SONG

OVERVIEW = "总览"
CHART_ROWS = 12
_ROW_PIXELS, _CHART_WIDTH = 20, 364
_GREEN, _BLUE, _YELLOW, _RED, _GREY = "#70AD47", "#5B9BD5", "#FFC000", "#E15759", "#A6A6A6"
_PALETTE = (_GREEN, _BLUE, _YELLOW, _RED)
_FONT = {"name": SONG, "size": 9}
_LABELS = {"value": True, "font": _FONT}
_HIDDEN_COUNTS = {
    "num_font": _FONT,
    "num_format": "0",
    "min": 0,
    "visible": False,
    "major_gridlines": {"visible": False},
}
_Rows = tuple[int, int, int]  # first row, column of the categories, number of rows


def _series(rows: _Rows, column: int) -> dict[str, object]:
    first, categories, count = rows
    last = first + max(count, 1) - 1
    return {
        "categories": [OVERVIEW, first, categories, last, categories],
        "values": [OVERVIEW, first, column, last, column],
    }


def _chart(book: Any, kind: str, title: str) -> Any:
    chart = book.add_chart({"type": kind})
    # Written out, since ONLYOFFICE draws a title over the bars where nothing is said of it.
    chart._write_overlay = lambda: chart._xml_empty_tag("c:overlay", [("val", 0)])
    font = {"name": HEI, "size": 11, "bold": False}
    chart.set_title({"name": title, "name_font": font, "overlay": True})
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
    return chart


def column_chart(book: Any, title: str, rows: _Rows, column: int) -> Any:
    """Return upright columns, the last of them grey."""
    chart = _chart(book, "column", title)
    colours = [*_PALETTE[: rows[2] - 1], _GREY] if rows[2] <= len(_PALETTE) + 1 else []
    points = [{"fill": {"color": colour}} for colour in colours]
    chart.add_series({**_series(rows, column), "points": points, "data_labels": _LABELS, "gap": 80})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": _FONT})
    chart.set_y_axis(_HIDDEN_COUNTS)
    return chart


def doughnut_chart(book: Any, title: str, rows: _Rows, column: int) -> Any:
    """Return a doughnut with its legend at the right."""
    chart = _chart(book, "doughnut", title)
    points = [{"fill": {"color": colour}} for colour in (_GREEN, _YELLOW, _RED, _GREY)]
    chart.add_series(
        {
            **_series(rows, column),
            "points": points,
            "data_labels": {**_LABELS, "leader_lines": False},
        }
    )
    chart.set_legend({"position": "overlay_right", "font": _FONT})
    chart.set_hole_size(55)
    return chart


def paired_chart(book: Any, title: str, rows: _Rows, columns: tuple[int, int]) -> Any:
    """Return columns of 自评 and 复算 side by side."""
    chart = _chart(book, "column", title)
    for column, name, colour in zip(columns, ("自评", "复算"), (_GREY, _BLUE), strict=True):
        labels = {**_LABELS, "num_format": "0.0%"}
        chart.add_series(
            {
                **_series(rows, column),
                "name": name,
                "fill": {"color": colour},
                "data_labels": labels,
                "gap": 80,
            }
        )
    chart.set_legend({"position": "overlay_bottom", "font": _FONT})
    chart.set_x_axis({"num_font": _FONT})
    chart.set_y_axis(
        {"visible": False, "major_gridlines": {"visible": False}, "num_format": "0%", "min": 0}
    )
    return chart


def bar_chart(book: Any, title: str, rows: _Rows, column: int) -> Any:
    """Return horizontal bars from the top down."""
    chart = _chart(book, "bar", title)
    chart.add_series(
        {**_series(rows, column), "fill": {"color": _RED}, "data_labels": _LABELS, "gap": 40}
    )
    chart.set_legend({"none": True})
    chart.set_y_axis({"num_font": {"name": SONG, "size": 8}, "reverse": True})
    chart.set_x_axis(_HIDDEN_COUNTS)
    return chart


def insert_chart(sheet: Any, row: int, column: int, chart: Any) -> None:
    """Insert the chart at a cell, in the size that all charts have."""
    chart.set_size({"width": _CHART_WIDTH, "height": CHART_ROWS * _ROW_PIXELS - 6})
    sheet.insert_chart(row, column, chart, {"object_position": 1})
