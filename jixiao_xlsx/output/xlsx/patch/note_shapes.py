"""The boxes of comments (VML), which Excel wants beside the comments themselves.

They are handled as text: what Office writes there is not always XML.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from jixiao_xlsx.output.xlsx.patch.markup import Unpatchable
from jixiao_xlsx.values.addresses import Position

_END = re.compile(r"</(?:\w{1,20}:)?shape>")
_START = re.compile(r"<(?:\w{1,20}:)?shape\s")
_PLACE = tuple(
    re.compile(rf"<(?:\w{{1,20}}:)?{name}>\s{{0,9}}(\d{{1,7}})\s{{0,9}}</")
    for name in ("Row", "Column")
)
_NUMBER = re.compile(r'id="_x0000_s(\d{1,9})"')
_TYPE_ID = "jixiao_note"
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_EMPTY = (
    f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    "</o:shapelayout></xml>"
)
_TYPE = (
    f'<v:shapetype {_NAMESPACES} id="{_TYPE_ID}" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    f'<v:shape {_NAMESPACES} id="_x0000_s{{number}}" type="#{_TYPE_ID}" '
    'style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;'
    'width:{width}px;height:{height}px;z-index:1;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
    "</x:ClientData></v:shape>"
)


def with_shapes(
    drawing: bytes, removed: Collection[Position], added: Mapping[Position, tuple[int, int]]
) -> bytes:
    """Return a drawing (b"": a new one) without the boxes of some cells and with new ones.

    `added` gives width and height in pixels. Raises Unpatchable where the drawing is odd.
    """
    try:
        text = drawing.decode("utf-8") if drawing else _EMPTY
    except UnicodeDecodeError as error:
        raise Unpatchable("a drawing is no UTF-8") from error
    text = _without(text, removed) if removed else text
    end = text.rfind("</xml>")
    if end < 0:
        raise Unpatchable("a drawing has no end")
    # Numbers that a drawing has are left to their shapes; Office counts from 1025.
    last = max((int(one) for one in _NUMBER.findall(text)), default=1024)
    new = [] if f'id="{_TYPE_ID}"' in text or not added else [_TYPE]
    for number, (at, (width, height)) in enumerate(added.items(), last + 1):
        place = {"row": at[0], "column": at[1], "width": width, "height": height}
        new.append(_SHAPE.format(number=number, **place))
    return (text[:end] + "".join(new) + text[end:]).encode()


def has_shapes(drawing: bytes) -> bool:
    """Return whether any box or control is left in a drawing."""
    return bool(_END.search(drawing.decode("utf-8", "replace")))


def _without(text: str, removed: Collection[Position]) -> str:
    kept, begin = [], 0
    for end in _END.finditer(text):
        piece = text[begin : end.end()]
        starts = [one.start() for one in _START.finditer(piece)]
        shape = piece[starts[0] :] if starts else ""
        found = [pattern.search(shape) for pattern in _PLACE]
        at = tuple(int(one[1]) for one in found if one)
        kept.append(piece[: starts[0]] if starts and at in removed else piece)
        begin = end.end()
    return "".join((*kept, text[begin:]))
