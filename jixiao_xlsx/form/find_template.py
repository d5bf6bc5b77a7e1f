"""A form as typed values: Template and what it is made of.

A form is data: `workbook_templates/*/spec.toml` and `indicators.csv`; `specfile` reads them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jixiao_xlsx.form.load_spec import load
from jixiao_xlsx.form.spec import SpecError, Template

# ------------------------------------------------------------------------------------------------------------ loading


PACKAGE = Path(__file__).parents[1]


def templates_folder() -> Path:
    """The folder of the forms: beside the package in a checkout, inside it in an installed wheel."""
    inside = PACKAGE / "workbook_templates"
    return inside if inside.is_dir() else PACKAGE.parent / "workbook_templates"


# Which form is meant when none is named, is data too.
DEFAULT_TEMPLATE = (templates_folder() / "default.txt").read_text(encoding="utf-8").strip()


def find_template(name: str | Path = DEFAULT_TEMPLATE) -> Template:
    """The template of that id, or in that folder. Raises SpecError."""
    folder = Path(name)
    if not (folder / "spec.toml").is_file():
        folder = templates_folder() / str(name)
    if not (folder / "spec.toml").is_file():
        known = "、".join(sorted(p.parent.name for p in templates_folder().glob("*/spec.toml")))
        raise SpecError(
            str(name), [f"找不到这个表单。现有表单：{known}；也可以给出含 spec.toml 的文件夹。"]
        )
    return _load(folder.resolve())


def title_of(name: str) -> str:
    """What people call the form of that id; "" where it is not one of those that came along."""
    known = {path.parent.name: path.parent for path in templates_folder().glob("*/spec.toml")}
    try:
        return find_template(known[name]).title
    except (KeyError, SpecError):
        return ""


@cache
def _load(folder: Path) -> Template:
    return load(folder)


def edition(template: Template, version: str) -> Template | None:
    """The form as it was at a `version`, kept in versions/<version>/; None where it was not kept.

    Its own version, or none, gives the form itself. Raises SpecError for a kept one that cannot
    be used.
    """
    if version in {"", template.version}:
        return template
    # Compared, never joined: the version comes out of a file.
    folders = (template.folder / "versions").glob("*/")
    kept = next((folder for folder in folders if folder.name == version), None)
    return _load(kept) if kept and (kept / "spec.toml").is_file() else None
