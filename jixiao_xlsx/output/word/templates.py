"""Word templates that a bureau may edit, in the form's folder `word/`, filled by docxtpl."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.output.same_bytes import repacked
from jixiao_xlsx.output.word.bar_chart import Bars, DrawnBars

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def filled(path: Path, context: Mapping[str, object]) -> bytes:
    """Return the Word template at `path` with `context` (texts, lists, charts) in its places.

    The same input gives the same bytes. Raises Blocked.
    """
    from docxtpl import DocxTemplate  # slow to import, and few commands write Word files
    from jinja2 import Environment, TemplateError

    document = DocxTemplate(io.BytesIO(path.read_bytes()))
    charts = [(name, value) for name, value in context.items() if isinstance(value, Bars)]
    drawn = {
        name: DrawnBars(bars, document, number) for number, (name, bars) in enumerate(charts, 1)
    }
    try:
        document.render({**context, **drawn}, Environment(finalize=_clean), autoescape=True)
    except TemplateError as error:
        raise Blocked(
            f"Word 模板“{path.name}”填不出来：{error}。请核对模板里花括号中的名称和写法。"
        ) from error
    stream = io.BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


def word_file(title: str, template: Template) -> Path:
    """Return the form's own Word template of that title, else the default form's."""
    own = template.folder / "word" / f"{title}.docx"
    return own if own.is_file() else find_template().folder / "word" / f"{title}.docx"


def _clean(value: object) -> object:
    """Return `value` without the characters that no document may hold."""
    return _CONTROLS.sub(" ", value) if isinstance(value, str) else value
