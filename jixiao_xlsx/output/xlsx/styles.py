"""The cell formats of one workbook, put together from named traits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SONG, HEI = "宋体", "黑体"
SIZE = 10

Properties = Mapping[str, object]
_BASE: Properties = {"font_name": SONG, "font_size": SIZE}
# Traits that a format is put together from: Styles["cell money error"].
_TRAITS: Mapping[str, Properties] = {
    "plain": {"valign": "vcenter"},
    "title": {"font_name": HEI, "font_size": 16, "align": "center", "valign": "vcenter"},
    "section": {"font_name": HEI, "font_size": 11, "valign": "vcenter", "font_color": "#1F3864"},
    "remark": {"font_size": 9, "font_color": "#595959", "valign": "vcenter", "text_wrap": True},
    "head": {
        "font_name": HEI,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "border": 1,
        "bg_color": "#D9E2F3",
    },
    "cell": {"valign": "vcenter", "text_wrap": True, "border": 1},
    "center": {"align": "center"},
    "right": {"align": "right"},
    "strong": {"bold": True},
    "big": {"font_size": 18, "bold": True},
    "total": {"bold": True, "bg_color": "#F2F2F2"},
    "money": {"num_format": "#,##0.00##", "align": "right"},
    "score": {"num_format": "0.0##", "align": "center"},
    "sum": {"num_format": "0.00", "align": "center"},
    "gap": {"num_format": "+0.0##;-0.0##;0", "align": "center"},
    "weight": {"num_format": "General", "align": "center"},
    "percent": {"num_format": "0.00%", "align": "center"},
    "int": {"num_format": "0", "align": "center"},
    "error": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "warning": {"bg_color": "#FFEB9C", "font_color": "#7F6000"},
    "note": {"bg_color": "#DDEBF7"},
    "good": {"bg_color": "#E2EFDA", "font_color": "#375623"},
    "differs": {"bg_color": "#FCE4D6", "font_color": "#C00000"},
    "input": {"bg_color": "#FFFFCC", "border": 2, "border_color": "#BF9000", "locked": False},
    "link": {"font_color": "#0563C1", "underline": 1},
    "left": {"align": "left"},
}


class Styles:
    """The formats of one workbook, each made at its first use: `styles["cell money"]`.

    A call adds properties of its own to the traits: `styles("boxed", align="center")`. `base` is
    what every format starts from.
    """

    def __init__(
        self, book: Any, traits: Mapping[str, Properties] = _TRAITS, base: Properties = _BASE
    ) -> None:
        self._book = book
        self._traits = traits
        self._base = base
        self._made: dict[object, Any] = {}
        self._of_traits: dict[str, Any] = {}

    def __getitem__(self, traits: str) -> Any:
        """Return the format of some traits, the later ones before the earlier."""
        made = self._of_traits.get(traits)
        if made is None:
            made = self._of_traits[traits] = self(traits)
        return made

    def __call__(self, traits: str = "", **properties: object) -> Any:
        """Return the format of some traits with `properties` over them."""
        return self._format(traits, self._base, properties)

    def conditional(self, **properties: object) -> Any:
        """Return the format of a condition: what it changes, and nothing else."""
        return self._format("", {}, properties)

    def _format(self, traits: str, base: Properties, properties: Properties) -> Any:
        key = (traits, bool(base), *properties.items())
        made = self._made.get(key)
        if made is None:
            full = dict(base)
            for trait in traits.split():
                full |= self._traits[trait]
            made = self._made[key] = self._book.add_format(full | dict(properties))
        return made
