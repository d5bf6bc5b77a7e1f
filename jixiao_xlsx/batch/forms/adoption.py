"""A county's own blank becomes a form: drafted into a folder, then settled by what was answered."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jixiao_xlsx.adopting.adopt import draft_from_blank
from jixiao_xlsx.adopting.confirm import answers_in, confirmed
from jixiao_xlsx.adopting.drafting.toml_text import toml_text
from jixiao_xlsx.adopting.filled_copies import Witnesses, supported
from jixiao_xlsx.adopting.roles import scored_in_parts
from jixiao_xlsx.form.find_template import USUAL, templates_folder
from jixiao_xlsx.form.load_spec import load
from jixiao_xlsx.form.spec import SpecError, Template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.output import files
from jixiao_xlsx.output.xlsx.understood.book import FILE_NAME, understood_book
from jixiao_xlsx.reading.sheets import read_worksheets
from jixiao_xlsx.reading.workbook import Unreadable, read_bytes
from jixiao_xlsx.values.cells import Submission

_SPEC = "spec.toml"
_IN_PARTS = "得分分列在几张指标表里，总分由哪几张合成没有认定：等式照样核对，不评分。"
_KINDS = frozenset({".xlsx", ".xlsm", ".xls", ".et"})


def adopt_blank(
    blank: Path, folder: Path, *, filled: Path | None = None, year: int | None = None
) -> Sequence[str]:
    """Draft a form from a blank into `folder`, and return what to tell the person.

    Raises Unreadable, Blocked, SpecError.
    """
    data = blank.read_bytes()
    drafted = draft_from_blank(data, blank, folder.resolve().name, year)
    _write(folder, {drafted.blank: drafted.data, _SPEC: toml_text(drafted.spec).encode()})
    spec = drafted.spec
    notes = [_IN_PARTS] if scored_in_parts(drafted.understanding) else []
    if filled is not None:
        form = _loaded(folder)
        spec, witnesses = supported(spec, form, _copies(form, filled))
        notes.append(_of_witnesses(witnesses))
    book = understood_book(drafted.understanding, spec)
    _write(folder, {_SPEC: toml_text(spec).encode(), FILE_NAME: book})
    form = _loaded(folder)
    cells = len(drafted.understanding.fields)
    relations = len(form.equations) + len(form.rates)
    return (
        f"认出 {len(form.tables)} 张表、{cells} 个要填的格、{relations} 条等式和比率，表单在“{folder}”。",
        *notes,
        f"请打开其中的“{FILE_NAME}”，逐行看“对 / 改”，保存后运行：jixiao adopt --confirm {folder}",
    )


def confirm_form(folder: Path) -> Sequence[str]:
    """Settle a drafted form by what was answered in its book; return what to tell the person.

    Raises Unreadable, Blocked, SpecError.
    """
    try:
        sheets = read_worksheets((folder / FILE_NAME).read_bytes(), lambda name, hidden: not hidden)
    except FileNotFoundError as error:
        raise Unreadable(
            f"“{folder}”里没有“{FILE_NAME}”。请先运行 jixiao adopt 起草表单"
        ) from error
    except Refused as refusal:
        raise Unreadable(refusal.reason) from refusal
    answers = list(answers_in({sheet.name: sheet.rows for sheet in sheets}))
    before = (folder / _SPEC).read_bytes()
    spec, problems = confirmed(tomllib.loads(before.decode()), answers)
    after = toml_text(spec).encode()
    files.write_bytes(folder / _SPEC, after)
    try:
        form = _loaded(folder)
    except SpecError:
        files.write_bytes(folder / _SPEC, before)
        raise
    count = len(form.equations) + len(form.rates)
    done = f"已按答复定下表单：{len(form.tables)} 张表，核对 {count} 条等式和比率，只列出不核对的 {len(form.proposals)} 条。"
    return (*problems, done)


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, data in contents.items():
        files.keep_other(folder / name, data)
        files.write_bytes(folder / name, data)


def _loaded(folder: Path) -> Template:
    """Return the form as it is in its folder now. Raises SpecError."""
    return load(folder.resolve(), templates_folder() / USUAL)


def _copies(form: Template, folder: Path) -> Iterator[Submission]:
    """Yield the filled copies in a folder that can be read; others count for nothing."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _KINDS and path.is_file():
            try:
                yield read_bytes(path.read_bytes(), path.name, form)
            except (Unreadable, OSError):
                continue


def _of_witnesses(witnesses: Witnesses) -> str:
    return (
        f"读了 {witnesses.copies} 份填好的表：{witnesses.confirmed} 条等式得到印证，"
        f"{witnesses.doubted} 条在多数表里不成立，已不勾选。"
    )
