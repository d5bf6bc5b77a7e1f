"""The paragraph styles of a .docx, and the bounds of its XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from jixiao_xlsx.reading.guard import Bounds, local_attribute, local_name, parse_list

SAVE_AS_DOCX = "请用 WPS 或 Word 打开，另存为“Word 文档（.docx）”后重报"
_TOO_MUCH = "Word 文档的内容过多或写法异常，不是正常的报告，未读取。" + SAVE_AS_DOCX
DOCX_BOUNDS = Bounds(
    doctype="Word 文档内含 DOCTYPE 声明，正常的文档没有，出于安全未读取。" + SAVE_AS_DOCX,
    silence=_TOO_MUCH,
    too_many=_TOO_MUCH,
    max_tags=1_000_000,
    endless_list=f"Word 文档的样式或清单异常庞大，不是正常的报告，未读取。{SAVE_AS_DOCX}",
    max_list=8 * 2**20,
    max_listed=200_000,
)


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a style makes of its paragraphs; `base` is the id of the style it is based on."""

    heading: bool = False
    numbered: bool = False
    listed: bool = False
    base: str = ""


@lru_cache(maxsize=16)
def paragraph_styles(xml: bytes) -> Mapping[str, ParagraphStyle]:
    """Return the styles by id, each with what it takes from the one it is based on.

    Cached: the files of a season share their styles.
    """
    own: dict[str, ParagraphStyle] = {}
    current = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal current
        tag, value = local_name(name), local_attribute(attributes, "val")
        if tag == "style":
            current = local_attribute(attributes, "styleId")
            own[current] = ParagraphStyle()
        elif current:
            own[current] = _with_property(own[current], tag, value)

    parse_list(xml, start, DOCX_BOUNDS)
    return {name: _with_bases(style, own) for name, style in own.items()}


def _with_property(style: ParagraphStyle, tag: str, value: str) -> ParagraphStyle:
    if tag == "name":
        name = value.lower()
        heading, listed = name.startswith(("heading", "标题")), name.startswith(("toc", "目录"))
        return replace(style, heading=heading, listed=listed)
    if tag == "basedOn":
        return replace(style, base=value)
    if tag == "numId":
        return replace(style, numbered=value != "0")
    if tag == "outlineLvl":
        return replace(style, heading=value != "9")
    return style


def _with_bases(style: ParagraphStyle, own: Mapping[str, ParagraphStyle]) -> ParagraphStyle:
    """Return the style with what its bases add; a circle of bases ends where it closes."""
    passed = [style]
    while (base := own.get(passed[-1].base)) and base not in passed:
        passed.append(base)
    return replace(
        style,
        heading=any(one.heading for one in passed),
        numbered=any(one.numbered for one in passed),
    )
