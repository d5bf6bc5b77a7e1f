"""The forms that come along with the package, and their kept versions, by id or folder."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loading a form is imported with the first form, so that --help answers at once
    from jixiao_xlsx.form.spec import Template

PACKAGE = Path(__file__).parents[1]


def templates_folder() -> Path:
    """Return the folder of the forms: beside the package in a checkout, inside it in a wheel."""
    inside = PACKAGE / "workbook_templates"
    return inside if inside.is_dir() else PACKAGE.parent / "workbook_templates"


USUAL = "usual.toml"  # what a county's own form has unless it says otherwise
# Which form is meant when none is named, is data too.
DEFAULT_TEMPLATE = (templates_folder() / "default.txt").read_text(encoding="utf-8").strip()


def find_template(name: str | Path = DEFAULT_TEMPLATE) -> Template:
    """Return the template of that id, or in that folder. Raises SpecError."""
    folder = Path(name)
    if not (folder / "spec.toml").is_file():
        folder = templates_folder() / str(name)
    if not (folder / "spec.toml").is_file():
        from jixiao_xlsx.form.spec import SpecError

        ids = "、".join(sorted(p.parent.name for p in templates_folder().glob("*/spec.toml")))
        raise SpecError(
            str(name), [f"找不到这个表单。现有表单：{ids}；也可以给出含 spec.toml 的文件夹。"]
        )
    return _load(folder.resolve())


def file_of(folder: Path, name: str) -> Path:
    """Return a file of a form's folder; where the system's names are not in UTF-8 (a GBK locale),
    those that came with the program still are.
    """
    path = folder / name
    return path if path.exists() else folder / os.fsdecode(name.encode("utf-8"))


def title_of(name: str) -> str:
    """Return the title of the form of that id; "" where the package has no such form."""
    from jixiao_xlsx.form.spec import SpecError

    folders = {path.parent.name: path.parent for path in templates_folder().glob("*/spec.toml")}
    try:
        return find_template(folders[name]).title
    except (KeyError, SpecError):
        return ""


@cache
def _load(folder: Path) -> Template:
    from jixiao_xlsx.form.load_spec import load

    return load(folder, templates_folder() / USUAL)


def edition(template: Template, version: str) -> Template | None:
    """Return the form as it was at a `version`, kept in versions/<version>/, or None.

    Its own version, or none, gives the form itself. Raises SpecError for a kept one that cannot
    be used.
    """
    if version in {"", template.version}:
        return template
    # Compared, never joined: the version comes out of a file.
    folders = (template.folder / "versions").glob("*/")
    kept = next((folder for folder in folders if folder.name == version), None)
    return _load(kept) if kept and (kept / "spec.toml").is_file() else None
