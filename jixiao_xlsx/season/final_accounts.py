"""Final accounts matched to the roster: the bureau's figures of each department, and what is said
of tables that could not be used. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jixiao_xlsx.season.departments import register
from jixiao_xlsx.season.owners import owner_of, some_of
from jixiao_xlsx.sources.found import AccountFigure, AccountSheet
from jixiao_xlsx.values.people import Department, ReferenceLine, Stage


@dataclass(frozen=True, slots=True)
class Provenance:
    """How far the accounts in a file have come, and their date; `stated`: somebody said so."""

    stage: Stage = Stage.REPORTED
    dated: str = ""
    document: str = ""
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Accounts:
    """The figures by department, and what is to be said of the tables."""

    lines: tuple[ReferenceLine, ...] = ()
    notes: tuple[str, ...] = ()


def accounts_of(
    sheets: Sequence[AccountSheet],
    provenance: Mapping[str, Provenance],
    roster: Sequence[Department],
    year: int | None,
) -> Accounts:
    """Return the figures of each department, of its most binding set; `provenance` is by file."""
    departments = register(roster)
    notes = list(_unstated(sheets, provenance))
    best: dict[tuple[str, str, str], ReferenceLine] = {}
    for sheet in sheets:
        owner, why = owner_of(sheet.code, sheet.name, sheet.file, departments, roster)
        if not why and year and sheet.year and sheet.year != year:
            why = f"是 {sheet.year} 年度的，本次评价 {year} 年度，没有采用"
        if why or sheet.problem:
            where = f"决算表“{sheet.file}”" if why else _place(sheet)
            notes.append(f"{where}：{why or sheet.problem}")
            continue
        own = provenance.get(sheet.file, Provenance())
        for figure in sheet.figures:
            line = _line(sheet, figure, owner, own)
            key = (owner.name, figure.item, figure.kind)
            notes += _kept(best, key, line, figure.kind)
    notes += _without(roster, {name for name, _, _ in best})
    return Accounts(tuple(best.values()), tuple(dict.fromkeys(notes)))


def _kept(
    best: dict[tuple[str, str, str], ReferenceLine],
    key: tuple[str, str, str],
    line: ReferenceLine,
    kind: str,
) -> Iterator[str]:
    """Keep the more binding of two figures, the first of equals; yield their quarrel."""
    before = best.get(key)
    if before is None or line.stage.rank > before.stage.rank:
        best[key] = line
    elif line.stage is before.stage and not before.agrees(kind, line.amounts[kind], line.grain):
        yield (
            f"{line.department}“{line.item}”的{kind}数在两张表里不同（{before.source}、{line.source}），"
            "用前一张的。请核对"
        )
    elif line.stage is before.stage and line.grain < before.grain:
        best[key] = line


def _place(sheet: AccountSheet) -> str:
    return f"决算表“{sheet.file}”的“{sheet.sheet}”"


def _line(
    sheet: AccountSheet, figure: AccountFigure, owner: Department, own: Provenance
) -> ReferenceLine:
    paper = f"，{own.document}" if own.document else ""
    return ReferenceLine(
        owner.code,
        figure.item,
        {figure.kind: figure.amount},
        f"“{sheet.file}·{sheet.sheet}·{figure.cell}”{paper}",
        department=owner.name,
        stage=own.stage,
        dated=own.dated,
        grain=sheet.grain,
    )


def _unstated(
    sheets: Sequence[AccountSheet], provenance: Mapping[str, Provenance]
) -> Iterator[str]:
    files = dict.fromkeys(
        one.file for one in sheets if not provenance.get(one.file, Provenance()).stated
    )
    if files:
        yield (
            f"决算表 {some_of(list(files))} 没有写明是账面、上报、会审还是批复数，按上报数核对（只请核实）。"
            "文件名或文件夹名里写上，或在旁边放“来源.toml”写明类别、日期"
        )


def _without(roster: Sequence[Department], there: set[str]) -> Iterator[str]:
    missing = [one.name for one in roster if one.name not in there]
    if missing and there:
        yield f"{len(missing)} 个部门没有决算表，没有对照决算数：{some_of(missing)}"
