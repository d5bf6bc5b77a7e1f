"""The option -t of the commands that take several forms at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jixiao_xlsx.form.find_template import DEFAULT_TEMPLATE, find_template
from jixiao_xlsx.locale.form_commands import Unusable

if TYPE_CHECKING:  # the loader of forms is slow to import, and --help needs none
    from jixiao_xlsx.form.spec import Template


def _forms(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[Template, ...]:
    from jixiao_xlsx.form.spec import SpecError

    try:
        forms = [
            find_template(one) for name in value or (DEFAULT_TEMPLATE,) for one in _names(name)
        ]
    except SpecError as error:
        raise Unusable(str(error)) from error
    return tuple(dict.fromkeys(forms))


def _names(name: str) -> Iterator[str | Path]:
    """Yield the name itself, or the folders of the forms in the folder of that name."""
    inside = sorted(path.parent for path in Path(name).glob("*/spec.toml"))
    if inside and not (Path(name) / "spec.toml").is_file():
        yield from inside
    else:
        yield name


forms_option = click.option(
    "-t",
    "--template",
    "forms",
    metavar="ID|DIR",
    multiple=True,
    callback=_forms,
    help="表单的名称，或放表单定义的文件夹；可给几个，也可给放着几个表单的文件夹，每个文件自己对上。",
)
