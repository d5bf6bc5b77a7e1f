"""A sheet that a copy did not have: rows of texts in our own formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jixiao_xlsx.output.xlsx.annotated.marks import SEVERITY_COLOURS
from jixiao_xlsx.output.xlsx.cells import clip
from jixiao_xlsx.output.xlsx.page import row_height
from jixiao_xlsx.output.xlsx.patch.new_sheet import Content, NewCell, NewRow, worksheet_xml
from jixiao_xlsx.output.xlsx.patch.styles import StyleSheet
from jixiao_xlsx.output.xlsx.styles import HEI, SONG

_SIDES = "".join(
    f'<{side} style="thin"><color rgb="FF7F7F7F"/></{side}>'
    for side in ("left", "right", "top", "bottom")
)
_BORDER = f"<border>{_SIDES}<diagonal/></border>"
_SEVERITY_FILLS = {severity.value: colour for severity, colour in SEVERITY_COLOURS.items()}


class AddedPage:
    """A sheet made of rows, one below the other; its formats are added to `styles`."""

    def __init__(self, styles: StyleSheet, widths: Sequence[int]) -> None:
        self.styles = styles
        self.widths = widths
        self.rows: list[NewRow] = []
        self._made: dict[str, int] = {}  # formats by their looks

    def line(self, text: str, look: str, tall: float = 0) -> None:
        """Add one text over the whole width."""
        height = tall or row_height([(text, sum(self.widths))], least=18)
        self.rows.append(NewRow([self._cell(text, look)], height, merged=True))

    def row(
        self, contents: Sequence[Content], looks: Sequence[str], links: Mapping[int, str]
    ) -> None:
        """Add the contents that have a column; `links` lead from a column to a place in the
        workbook.
        """
        shown = list(zip(contents, looks, self.widths, strict=False))
        cells = [
            self._cell(content, look, links.get(column, ""))
            for column, (content, look, _) in enumerate(shown)
        ]
        measured = [
            (content if isinstance(content, str) else "", float(width))
            for content, _, width in shown
        ]
        self.rows.append(NewRow(cells, row_height(measured, least=24)))

    def xml(self, head: int, *, tab: str, selected: bool) -> bytes:
        """Return the sheet, with the rows up to `head` always in view."""
        return worksheet_xml(
            self.rows,
            self.widths,
            namespace=self.styles.namespace,
            frozen=head,
            tab=tab,
            selected=selected,
        )

    def _cell(self, content: Content, look: str, link: str = "") -> NewCell:
        text = clip(content) if isinstance(content, str) else content
        if look not in self._made:
            self._made[look] = _style(self.styles, look)
        return NewCell(text, self._made[look], link)


def _style(styles: StyleSheet, look: str) -> int:
    """Return the number of the format that a look has."""
    name = HEI if look in {"title", "head", "section"} else SONG
    size = {"title": 16, "section": 11, "strong": 11, "remark": 9}.get(look, 10)
    extra = {"strong": "<b/>", "link": "<u/>"}.get(look, "")
    colour = '<color rgb="FF0563C1"/>' if look == "link" else ""
    font = f'<font>{extra}<sz val="{size}"/>{colour}<name val="{name}"/></font>'
    centred = look in {"title", "head", "center", "error", "warning", "note"}
    side = "center" if centred else "left"
    alignment = f'<alignment horizontal="{side}" vertical="center" wrapText="1"/>'
    plain = look in {"title", "remark", "section", "strong"}
    fill = "D9E2F3" if look == "head" else _SEVERITY_FILLS.get(look, "")
    return styles.new(font, fill, "" if plain else _BORDER, alignment)
