"""Word templates that a bureau may edit, in the form's folder `word/`, in the notation of docxtpl.

A template is prepared once and filled as often as wanted; the parts without places to fill (styles,
pictures) go into each document as they lie in the template.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.form.find_template import file_of, find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.output.word.bar_chart import Bars, DrawnBars
from jixiao_xlsx.output.xlsx.patch.markup import Unpatchable, parse
from jixiao_xlsx.output.xlsx.patch.package import Package

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_KINDS = frozenset({"header", "footer", "footnotes", "endnotes"})  # parts that may have places


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A template: its file, and for each part that has places to fill what Jinja made of it."""

    data: bytes
    texts: Mapping[str, Any]
    columns_vary: bool


def filled(path: Path, context: Mapping[str, object]) -> bytes:
    """Return the Word template at `path` with `context` (texts, lists, charts) in its places.

    The same input gives the same bytes. Raises Blocked.
    """
    from jinja2 import TemplateError  # slow to import, and few commands write Word files

    try:
        return _filled(_prepared(path.read_bytes()), context)
    except (TemplateError, Unpatchable) as error:
        raise Blocked(
            f"Word 模板“{path.name}”填不出来：{error}。请核对模板里花括号中的名称和写法。"
        ) from error


def prepare(path: Path) -> None:
    """Prepare the Word template at `path`, so that filling it takes less time.

    Raises jinja2.TemplateError, Unpatchable, OSError.
    """
    _prepared(path.read_bytes())


def word_file(title: str, template: Template) -> Path:
    """Return the form's own Word template of that title, else the default form's."""
    own = file_of(template.folder / "word", f"{title}.docx")
    return own if own.is_file() else file_of(find_template().folder / "word", f"{title}.docx")


@lru_cache(maxsize=16)
def _prepared(data: bytes) -> _Prepared:
    """Prepare a template. Raises jinja2.TemplateError, Unpatchable."""
    from docxtpl import DocxTemplate
    from jinja2 import Environment

    package = Package(data)
    main = package.main_part()
    parts = [main, *(part for _, kind, part in package.relations(main) if kind in _KINDS)]
    properties = package.related("", "core-properties")
    sources = {part: package.read(part).decode() for part in (*parts, properties) if part}
    notation = DocxTemplate(io.BytesIO(data))
    environment = Environment(finalize=_clean, autoescape=True)
    texts = {}
    for part, source in sources.items():
        patched = notation.patch_xml(source)
        if "{{" in patched or "{%" in patched:
            texts[part] = environment.from_string(patched)
    return _Prepared(data, texts, any("%tc " in source for source in sources.values()))


def _filled(prepared: _Prepared, context: Mapping[str, object]) -> bytes:
    package = Package(prepared.data)
    charts = [(name, value) for name, value in context.items() if isinstance(value, Bars)]
    for part, text in prepared.texts.items():
        drawn = {
            name: DrawnBars(bars, package, part, number)
            for number, (name, bars) in enumerate(charts, 1)
        }
        xml = text.render({**context, **drawn})
        content = _with_all_columns(xml) if prepared.columns_vary else xml.encode()
        parse(content)  # a place in the wrong spot of a template would break the document
        package.put(part, content)
    return package.save()


def _with_all_columns(xml: str) -> bytes:
    """Return a part whose tables have a column for each cell that a loop (“{%tc for”) made."""
    from docxtpl import DocxTemplate
    from lxml import etree

    tree = DocxTemplate.fix_tables(None, xml.encode())
    made: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _clean(value: object) -> object:
    """Return `value` without the characters that no document may hold."""
    return _CONTROLS.sub(" ", value) if isinstance(value, str) else value
