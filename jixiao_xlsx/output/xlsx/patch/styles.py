"""The formats of a workbook: a cell's own with another fill, and new ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from functools import cached_property

from jixiao_xlsx.output.xlsx.patch.colours import rgb_of, theme_colours
from jixiao_xlsx.output.xlsx.patch.markup import (
    MAIN,
    Element,
    add_in_order,
    child,
    children,
    parse,
    qualified_tag,
)
from jixiao_xlsx.output.xlsx.patch.package import Package

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
NO_COLOUR = "无"
_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
)  # fmt: skip
_DEFAULTS = {
    "fonts": "<font/>",
    "fills": '<fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>',
    "borders": "<border/>",
    "cellStyleXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
    "cellXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
}
_SIDES = ("left", "right", "top", "bottom")
_SIDE = re.compile(
    "(thin|medium|thick|dashed|dotted|double|hair|mediumDashed|dashDot|mediumDashDot|dashDotDot|"
    r"mediumDashDotDot|slantDashDot)(?:/(rgb|theme|indexed)/([0-9A-F]{8}|[0-9]{1,2}))?"
)


class StyleSheet:
    """The formats of one workbook by their numbers; each new one is made once."""

    def __init__(self, package: Package, part: str, theme_part: str = "") -> None:
        self._root = package.edit(part)
        self._package = package
        self._theme_part = theme_part
        self._made: dict[object, int] = {}
        self._lists = {name: self._list(name) for name in _DEFAULTS}

    @property
    def namespace(self) -> str:
        """The namespace of the workbook's parts, which differs in Strict OOXML."""
        return qualified_tag(self._root, "")[1:-1] or MAIN

    def filled(self, style: int, rgb: str) -> int:
        """Return the number of the format `style` with a solid fill; "" takes the fill away."""
        key = (style, rgb)
        if key not in self._made:
            xf = deepcopy(self._format(style))
            xf.set("fillId", str(self._fill(rgb)))
            xf.set("applyFill", "1")
            self._made[key] = self._append("cellXfs", xf)
        return self._made[key]

    def colour(self, style: int) -> str:
        """Return the colour behind a cell of that format: RGB, NO_COLOUR, or "" for a pattern."""
        number = int(self._format(style).get("fillId") or 0)
        fills = list(children(self._lists["fills"]))
        pattern = child(fills[number], "patternFill") if number < len(fills) else None
        if number >= len(fills) or (pattern is None and not len(fills[number])):
            return NO_COLOUR
        if pattern is None:
            return ""
        kind = pattern.get("patternType", "none")
        front = child(pattern, "fgColor")
        if kind == "none":
            return NO_COLOUR
        return rgb_of(front, self._theme) if kind == "solid" and front is not None else ""

    def unlocked(self, style: int) -> int:
        """Return the number of the format `style` for a cell that a protected sheet leaves open."""
        key = (style, "unlocked")
        if key not in self._made:
            xf = deepcopy(self._format(style))
            xf.set("applyProtection", "1")
            guard = child(xf, "protection")
            if guard is None:
                guard = add_in_order(xf, "protection", ("alignment", "protection", "extLst"))
            guard.set("locked", "0")
            self._made[key] = self._append("cellXfs", xf)
        return self._made[key]

    def outlined(self, style: int, rgb: str) -> int:
        """Return the number of the format `style` with a thick border of that colour around."""
        return self.bordered(style, ",".join([f"medium/rgb/FF{rgb}"] * len(_SIDES)))

    def border(self, style: int) -> str:
        """Return the border of a format as `bordered` takes it: left, right, top, bottom."""
        number = int(self._format(style).get("borderId") or 0)
        borders = list(children(self._lists["borders"]))
        sides = [child(borders[number], side) for side in _SIDES] if number < len(borders) else []
        return ",".join(_side_text(side) for side in sides)

    def bordered(self, style: int, border: str) -> int:
        """Return the number of the format `style` with that border; "" takes the border away."""
        key = (style, "border", border)
        if key not in self._made:
            sides = zip(_SIDES, (*border.split(","), *[""] * len(_SIDES)), strict=False)
            xml = "".join(_side_xml(name, text) for name, text in sides)
            xf = deepcopy(self._format(style))
            xf.set("borderId", str(self._part("borders", f"<border>{xml}<diagonal/></border>")))
            xf.set("applyBorder", "1")
            self._made[key] = self._append("cellXfs", xf)
        return self._made[key]

    def new(self, font: str, fill: str, border: str, alignment: str) -> int:
        """Return the number of a new format. Font, border and alignment are XML as it stands in a
        style sheet (border "": none), `fill` is RGB or "".
        """
        key = (font, fill, border, alignment)
        if key not in self._made:
            ids = {"fontId": self._part("fonts", font), "fillId": self._fill(fill)}
            ids["borderId"] = self._part("borders", border) if border else 0
            facts = " ".join(f'{name}="{number}"' for name, number in ids.items())
            applied = " ".join(f'apply{n}="1"' for n in ("Font", "Fill", "Border", "Alignment"))
            xf = f'<xf numFmtId="0" {facts} xfId="0" {applied}>{alignment}</xf>'
            self._made[key] = self._part("cellXfs", xf)
        return self._made[key]

    @cached_property
    def _theme(self) -> Sequence[str]:
        part = self._theme_part
        return theme_colours(self._package.tree(part)) if part else ()

    def _format(self, style: int) -> Element:
        formats = self._formats
        return formats[style] if 0 <= style < len(formats) else formats[0]

    @cached_property
    def _formats(self) -> list[Element]:
        return list(children(self._lists["cellXfs"]))

    def _fill(self, rgb: str) -> int:
        if not rgb:
            return 0
        return self._part(
            "fills",
            '<fill><patternFill patternType="solid">'
            f'<fgColor rgb="FF{rgb}"/><bgColor indexed="64"/></patternFill></fill>',
        )

    def _part(self, name: str, xml: str) -> int:
        key = (name, xml)
        if key not in self._made:
            self._made[key] = self._append(name, self._parsed(xml)[0])
        return self._made[key]

    def _append(self, name: str, one: Element) -> int:
        whole = self._lists[name]
        whole.append(one)
        count = sum(1 for _ in children(whole))
        whole.set("count", str(count))
        if name == "cellXfs":
            self._formats.append(one)
        return count - 1

    def _list(self, name: str) -> Element:
        found = child(self._root, name)
        if found is None:
            found = add_in_order(self._root, name, _ORDER)
        if not any(True for _ in children(found)):
            for one in list(self._parsed(_DEFAULTS[name])):
                found.append(one)
            found.set("count", str(len(found)))
        return found

    def _parsed(self, xml: str) -> Element:
        """Return an element around `xml` in the namespace of the style sheet."""
        return parse(f'<list xmlns="{self.namespace}">{xml}</list>'.encode())


def _side_text(side: Element | None) -> str:
    """Return one side of a border as “thin/rgb/FF000000”; "" for none."""
    if side is None or side.get("style", "none") == "none":
        return ""
    colour = child(side, "color")
    named = (
        ((kind, colour.get(kind)) for kind in ("rgb", "theme", "indexed"))
        if colour is not None
        else ()
    )
    found = next((f"/{kind}/{value}" for kind, value in named if value), "")
    return f"{side.get('style')}{found}"


def _side_xml(name: str, text: str) -> str:
    """Return one side of a border as it stands in a style sheet."""
    found = _SIDE.fullmatch(text)
    if not found:
        return f"<{name}/>"
    style, kind, value = found.groups()
    colour = f'<color {kind}="{value}"/>' if kind else '<color auto="1"/>'
    return f'<{name} style="{style}">{colour}</{name}>'
