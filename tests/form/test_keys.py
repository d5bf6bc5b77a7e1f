"""The reference of a form's keys is what the program reads, and docs/forms.md is its page."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from jixiao_xlsx.form.authoring.keys import form_reference, keys_in, spec_sections
from jixiao_xlsx.form.find_template import find_template, templates_folder
from jixiao_xlsx.form.load_spec import _SECTIONS
from jixiao_xlsx.form.path_fields import _CELL_KEYS, _TYPED_KEYS
from jixiao_xlsx.form.spec import (
    ColumnSpec,
    EquationSpec,
    ExtraSpec,
    RateSpec,
    RowSpec,
    SheetSpec,
    TableSpec,
)

# What stands in a section beside the fields of its value, and the fields that no author writes.
PARTS: dict[str, tuple[type[Any], set[str], set[str]]] = {
    "[[sheet]]": (SheetSpec, set(), set()),
    "[[table]]": (TableSpec, {"ignore"}, {"copy_of", "more_columns", "more_rows"}),
    "columns": (ColumnSpec, set(), set()),
    "rows": (RowSpec, set(), set()),
    "extras": (ExtraSpec, set(), set()),
    "[[equation]]": (EquationSpec, {"holds", "scope", "ticked"}, {"relation"}),
    "[[rate]]": (RateSpec, {"holds", "ticked"}, {"ratio"}),
}


@pytest.mark.parametrize("title", PARTS)
def test_every_key_of_a_part_is_explained(title: str) -> None:
    spec, more, never = PARTS[title]
    assert keys_in(title) == {one.name for one in fields(spec)} - never | more


def test_every_key_of_a_cell_is_explained() -> None:
    assert keys_in("[[cell]]") == _CELL_KEYS | _TYPED_KEYS


def test_every_section_is_explained() -> None:
    told = {one.title.strip("[]") for one in spec_sections()} | keys_in("表单")
    assert set(_SECTIONS) <= told


@pytest.mark.parametrize("form", sorted(path.name for path in templates_folder().iterdir()))
def test_every_shipped_form_uses_roles_that_are_explained(form: str) -> None:
    if (templates_folder() / form / "spec.toml").is_file():
        assert set(find_template(form).roles) <= keys_in("[roles]")


def test_the_page_is_fresh() -> None:
    page = Path(__file__).parents[2] / "docs" / "forms.md"
    assert page.read_text(encoding="utf-8") == form_reference(), (
        "python -m jixiao_xlsx.form.authoring.keys > docs/forms.md"
    )
