"""自查.html: one page that checks a workbook in the browser, offline, with a county's form inside.

It is made of the browser's Python (built once by packaging/browser/build.py), of this package as it
runs here, and of the form. The bureau's figures are in it only where it is made for one department.
"""

from __future__ import annotations

import base64
import gzip
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from jixiao_xlsx.form.find_template import PACKAGE, templates_folder
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.html.in_browser import FORM, OWN_FIGURES, figures_as_json
from jixiao_xlsx.output.same_bytes import packed
from jixiao_xlsx.values.people import Department, ReferenceLine

ENGINE = Path(__file__).parent / "browser_engine.zip"
_PAGE = Path(__file__).parent / "self_check.html"
_LEFT_OUT = ("batch", "sources", "locale", "output/xlsx", "output/word", "workbook_templates")
_FORM_FILES = ("*.toml", "*.csv")
_FORM_LEFT_OUT = ("cases", "word")
_HERE, _TITLE, _FOR, _NOTICES = "<!--PARTS-->", "<!--TITLE-->", "<!--FOR-->", "<!--NOTICES-->"


class NoEngine(Exception):
    """The browser's Python does not come with this installation."""

    def __init__(self) -> None:
        super().__init__(
            "这里的程序不带自查页的部件，写不出 自查.html。请用 Windows 文件夹版；"
            "或在项目文件夹里联网运行一次 python packaging/browser/build.py，再重试"
        )


def self_check_page(
    template: Template,
    department: Department | None = None,
    lines: tuple[ReferenceLine, ...] = (),
) -> bytes:
    """Return the page for everybody, or for one department with its own figures in it.

    `lines` are the bureau's figures, of any departments: only those of `department` go into the
    page. Raises NoEngine.
    """
    if not ENGINE.is_file():
        raise NoEngine
    own = tuple(line for line in lines if department and belongs_to(line, department))
    with zipfile.ZipFile(ENGINE) as engine:
        notices = engine.read("NOTICES.txt").decode("utf-8")
        parts = {name: engine.read(name) for name in engine.namelist() if name != "NOTICES.txt"}
    parts["site.zip"] = _site(template, own)
    made_for = (
        f"本页只给{department.name}用，里面有财政局掌握的本单位批复数、决算数。"
        if department
        else ""
    )
    words = {
        _TITLE: template.title,
        _FOR: made_for,
        _NOTICES: notices,
    }
    page = _PAGE.read_text(encoding="utf-8")
    for mark, text in words.items():
        page = page.replace(mark, escape(text))
    return page.replace(_HERE, "\n".join(_part(*part) for part in parts.items())).encode()


def belongs_to(line: ReferenceLine, department: Department) -> bool:
    """Return whether a figure of the bureau is a department's: by its name, else by its code."""
    if line.department:
        return line.department == department.name
    return line.code == department.code


def _part(name: str, data: bytes) -> str:
    """Return a file as the page holds it; gzip halves what WebAssembly takes."""
    text = base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")
    return f'<script type="text/plain" data-part="{name}">{text}</script>'


def _site(template: Template, own: tuple[ReferenceLine, ...]) -> bytes:
    """Return this package, the form and a department's figures as one zip."""
    files = dict(_package_files())
    for pattern in _FORM_FILES:
        for path in sorted(template.folder.rglob(pattern)):
            name = path.relative_to(template.folder)
            if name.parts[0] not in _FORM_LEFT_OUT:
                files[f"{FORM}/{name.as_posix()}"] = path.read_bytes()
    if own:
        files[OWN_FIGURES] = figures_as_json(own)
    return packed(files)


def _package_files() -> Iterator[tuple[str, bytes]]:
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        if path.suffix in {".py", ".toml", ".txt"} and not name.startswith(_LEFT_OUT):
            yield f"jixiao_xlsx/{name}", path.read_bytes()
    default = templates_folder() / "default.txt"
    yield "jixiao_xlsx/workbook_templates/default.txt", default.read_bytes()
