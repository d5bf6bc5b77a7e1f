"""Colours of a workbook as what they look like: a theme's and a palette's as plain RGB."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence

from jixiao_xlsx.output.xlsx.patch.markup import Element, children, local

_RGB = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")
# A theme lists dark before light, and cells count light before dark.
_ORDER = (1, 0, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11)


def theme_colours(theme: Element) -> tuple[str, ...]:
    """Return the RGB of a theme's colours in the order that cells count them."""
    scheme = next((one for one in theme.iter() if local(one) == "clrScheme"), None)
    listed = [next(children(one), None) for one in children(scheme)]
    values = ["" if one is None else one.get("lastClr") or one.get("val", "") for one in listed]
    return tuple(values[at] if at < len(values) else "" for at in _ORDER)


def rgb_of(colour: Element, theme: Sequence[str]) -> str:
    """Return six hexadecimal digits for a colour element of a style; "" where it is not known."""
    text = colour.get("rgb", "")
    if colour.get("theme", "").isdigit():
        at = int(colour.get("theme"))
        text = theme[at] if at < len(theme) else ""
    elif colour.get("indexed", "").isdigit():
        text = _indexed(int(colour.get("indexed")))
    match = _RGB.fullmatch(text)
    return _tinted(match[1].upper(), _number(colour.get("tint", "0"))) if match else ""


def _indexed(number: int) -> str:
    from openpyxl.styles.colors import COLOR_INDEX

    return COLOR_INDEX[number] if number < len(COLOR_INDEX) else ""


def _number(text: str) -> float:
    try:
        return max(-1.0, min(1.0, float(text)))
    except ValueError:
        return 0.0


def _tinted(rgb: str, tint: float) -> str:
    """Return `rgb` lighter (tint up to 1) or darker (down to -1), as the standard has it."""
    if not tint:
        return rgb
    red, green, blue = (int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, depth = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    parts = colorsys.hls_to_rgb(hue, light, depth)
    return "".join(f"{round(part * 255):02X}" for part in parts)
