"""What of a workbook a bureau must not mail on: programs, and links that start or fetch something.

It is taken out or made inactive, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jixiao_xlsx.output.xlsx.patch.markup import Unpatchable
from jixiao_xlsx.output.xlsx.patch.workbook import WorkbookPart
from jixiao_xlsx.values.addresses import a1
from jixiao_xlsx.values.cells import Place

_NOWHERE = "about:blank"
_MOST_NAMED, _LONGEST = 6, 60
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_WEB = frozenset({"http", "https", "mailto"})
_PROGRAM = re.compile(
    r"\.(?:exe|com|bat|cmd|scr|pif|msi|msp|hta|cpl|jar|lnk|url|reg|js|jse|vbs|vbe|wsf|wsh|ps1)"
    r"(?=$|[?#])",
    re.IGNORECASE,
)
# Formulas that open or fetch something; a link to a place in the workbook itself may stay.
_IN_XML = tuple(
    (name, re.compile(name + rb"\s{0,9}\((?!\s{0,9}(?:\"|&QUOT;|&#34;)#)"))
    for name in (b"HYPERLINK", b"WEBSERVICE")
)
_IN_FORMULA = re.compile(r"(?:HYPERLINK|WEBSERVICE)\s{0,9}\((?!\s{0,9}\"#)", re.IGNORECASE)


def disarm(book: WorkbookPart) -> tuple[str, ...]:
    """Take out macros and ActiveX, stop links to programs, files and other workbooks; return what
    was done, for the department. Raises Unpatchable.
    """
    told = []
    if book.make_plain():
        told.append("原件中的宏没有带上。")
    controls = sum(sheet.drop_controls() for sheet in book.sheets.values())
    if controls:
        told.append(f"原件中的 ActiveX 控件（{controls} 个）没有带上。")
    books, links = _stop_links(book)
    if books:
        told.append(f"引用的其他工作簿不再自动更新：{_listed(books)}。数值没有改动。")
    if links:
        told.append(f"指向程序、本机或网络文件的链接已停用：{_listed(links)}。")
    formulas = list(_stop_formulas(book))
    if formulas:
        told.append(f"打开链接的公式已换成显示的文字：{_listed(formulas)}。")
    return tuple(told)


def _stop_links(book: WorkbookPart) -> tuple[list[str], list[str]]:
    """Stop what leads out of the file, but for links to the web and to documents beside it.

    Return the other workbooks, and the other targets.
    """
    books, links = [], []
    for part, identity, kind, target in list(book.package.outside()):
        if kind.startswith("externalLink"):
            name = re.split(r"[\\/]", target)[-1]
            books.append(name)
            book.package.redirect(part, identity, name)
        elif kind != "hyperlink" or not _is_harmless(target):
            links.append(target)
            book.package.redirect(part, identity, _NOWHERE)
    if books:
        book.never_update_links()
    return books, links


def _is_harmless(target: str) -> bool:
    """Whether a link leads to the web, to a mail address, or to a document beside the file."""
    if _PROGRAM.search(target):
        return False
    scheme = _SCHEME.match(target)
    return scheme[1].lower() in _WEB if scheme else not target.startswith(("/", "\\"))


def _stop_formulas(book: WorkbookPart) -> Iterator[str]:
    for name, sheet in book.sheets.items():
        try:
            content = book.package.read(sheet.part).upper()
        except Unpatchable:  # nobody looked into it, and nobody can
            continue
        if any(name in content and pattern.search(content) for name, pattern in _IN_XML):
            cells = sheet.drop_formulas(lambda text: bool(_IN_FORMULA.search(text)))
            yield from (str(Place(name, a1(*at))) for at in cells)
            if cells:
                book.forget_order_of_calculation()


def _listed(targets: Sequence[str]) -> str:
    """Return some names for people: the first ones, each shortened."""
    names = list(dict.fromkeys(targets))
    shown = [one if len(one) <= _LONGEST else f"{one[:_LONGEST]}…" for one in names[:_MOST_NAMED]]
    more = f" 等 {len(names)} 处" if len(names) > _MOST_NAMED else ""
    return "、".join(shown) + more
