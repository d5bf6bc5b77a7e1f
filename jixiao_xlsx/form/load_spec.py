"""A form's folder → Template: spec.toml and indicators.csv, every mistake reported at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from jixiao_xlsx.form.authoring.check_spec import inconsistencies
from jixiao_xlsx.form.authoring.keys import keys_in
from jixiao_xlsx.form.carry import Carry, ReferenceTable
from jixiao_xlsx.form.grades import Grade, Tier
from jixiao_xlsx.form.load_indicators import load_indicators
from jixiao_xlsx.form.path_fields import PathFields, roles_of, roles_of_lists
from jixiao_xlsx.form.spec import (
    EquationSpec,
    ExtraSpec,
    RateSpec,
    RowSpec,
    SheetSpec,
    SpecError,
    TableSpec,
    Template,
)
from jixiao_xlsx.form.spec_fields import Data
from jixiao_xlsx.form.texts import text_of
from jixiao_xlsx.values.equations import (
    EquationError,
    Ratio,
    Ref,
    Relation,
    Scope,
    parse_ratio,
    parse_relation,
)

_Relation = TypeVar("_Relation")
_SECTIONS = (
    "id", "version", "title", "file_name", "sheet", "table", "equation", "rate", "grade", "tier",
    "roles", "thresholds", "severity", "disabled", "directions", "indicators", "execution", "plan",
    "funds", "carry", "reference", "remarks", "blank", "year", "cell", "trust",
)  # fmt: skip

_NAMED_SECTIONS = (
    "roles", "indicators", "execution", "plan", "funds", "reference", "remarks", "thresholds",
    "directions",
)  # fmt: skip


def load(folder: Path, usual: Path | None = None) -> Template:
    """Return the form in `folder`. Raises SpecError with every mistake.

    What a county's own form leaves open of the sections in `usual` (a spec.toml) holds for it too.
    """
    data = _toml(folder / "spec.toml")
    if usual is not None and "blank" in data:
        data = _completed(data, _toml(usual))
    read = _SpecReader()
    template = read.template(folder, data)
    mistakes = [*read.mistakes, *inconsistencies(template)]
    if mistakes:
        raise SpecError(str(folder), mistakes)
    return template


def _completed(data: Data, usual: Data) -> Data:
    """Return a county's own form with the usual sections that it lacks.

    The list of 情况说明 comes with its sheet and table, unless the form has one of its own.
    """
    if "remarks" in data:
        return {**usual, **data}
    lists = {
        key: [*data.get(key, []), *usual.get(key, [])]
        for key in ("sheet", "table")
        if isinstance(data.get(key, []), list)
    }
    return {**usual, **data, **lists}


def _toml(path: Path) -> Data:
    """Read a file of the form. Raises SpecError."""
    try:
        return tomllib.loads(text_of(path.read_bytes()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(str(path.parent), [f"{path.name} 不是有效的 TOML：{error}"]) from error


class _SpecReader(PathFields):
    """Reads the parts of spec.toml."""

    def template(self, folder: Path, data: Data) -> Template:
        self.unknown("spec.toml", data, also=_SECTIONS)
        self._unknown_in_sections(data)
        indicators, execution, reference = (
            self.section(data, key) for key in ("indicators", "execution", "reference")
        )
        tables = (*self.each(data, "table", self.table), *self.records(data))
        equations, rates = self._relations(data)
        relations: list[tuple[EquationSpec | RateSpec, bool]] = [*equations, *rates]
        return Template(
            id=self.text(data, "id", "id"),
            version=self.text(data, "version", "version"),
            title=self.text(data, "title", "title"),
            file_name=self.text(data, "file_name", "file_name"),
            folder=folder,
            sheets=tuple(self.each(data, "sheet", self.simple(SheetSpec))),
            tables=tables,
            equations=tuple(one for one, ticked in equations if ticked),
            rates=tuple(one for one, ticked in rates if ticked),
            indicators=tuple(load_indicators(folder / "indicators.csv", self)),
            grades=tuple(self.each(data, "grade", self.grade)),
            tiers=tuple(self.each(data, "tier", self.tier)),
            roles=roles_of(tables)
            | roles_of_lists(tables)
            | {
                name: self.address(f"roles.{name}", text)
                for name, text in self.section(data, "roles").items()
            },
            thresholds={
                name: self.fraction(f"thresholds.{name}", value)
                for name, value in self.section(data, "thresholds").items()
            },
            severities={
                code: self.severity(f"severity.{code}", value)
                for code, value in self.section(data, "severity").items()
            },
            disabled=self.words(data, "disabled"),
            trust=self.names("trust", data.get("trust", [])),
            directions={
                sign: self.names(f"directions.{sign}", words)
                for sign, words in self.section(data, "directions").items()
            },
            indicator_table=self.optional(indicators, "table", "indicators"),
            indicator_columns=self.words(indicators, "columns", "indicators"),
            full_mark=self.fraction("indicators.full_mark", indicators.get("full_mark", 100)),
            weights_by=self.one_of(
                "indicators.weights_by",
                indicators.get("weights_by", "level2"),
                ("level1", "level2"),
            ),
            execution_table=self.optional(execution, "table", "execution"),
            execution_row=self.optional(execution, "row", "execution"),
            execution_weight=self.fraction("execution.weight", execution.get("weight", 0)),
            execution_columns=self.words(execution, "columns", "execution"),
            plan=self.words(data, "plan"),
            funds=self.words(data, "funds"),
            references=tuple(self._references(reference)),
            remarks=self.words(data, "remarks"),
            carries=tuple(self.each(data, "carry", self.carry)),
            blank=self.optional(data, "blank", "spec.toml"),
            year=self.whole(data, "year", "spec.toml"),
            proposals=tuple(one for one, ticked in relations if not ticked),
            total_includes_execution=self.truth(
                indicators, "total_includes_execution", "indicators"
            ),
        )

    def _unknown_in_sections(self, data: Data) -> None:
        """Note the keys that a section has and nobody reads, with what was probably meant."""
        for name in _NAMED_SECTIONS:
            section = self.section(data, name)
            self.unknown(name, section, also=keys_in(f"[{name}]"))
            if name in ("indicators", "execution") and isinstance(section.get("columns"), dict):
                allowed = keys_in(f"[{name}.columns]")
                self.unknown(f"{name}.columns", section["columns"], also=allowed)

    def _references(self, data: Data) -> Iterator[ReferenceTable]:
        """Yield the tables of the bureau's figures: [reference], [[reference.also]]."""
        if data:
            yield self._reference("reference", {k: data[k] for k in data if k != "also"})
        yield from self.each(data, "also", self._reference, "reference")

    def _reference(self, path: str, data: Data) -> ReferenceTable:
        self.unknown(path, data, ReferenceTable)
        return ReferenceTable(
            self.text(data, "table", f"{path}.table"),
            self.words(data, "columns", path),
            self.words(data, "rows", path),
        )

    def _relations(
        self, data: Data
    ) -> tuple[list[tuple[EquationSpec, bool]], list[tuple[RateSpec, bool]]]:
        """Read equations and rates, each with whether it is used: confirmed, not only proposed."""

        def with_tick(make: Callable[[str, Data], _Relation]) -> Callable[[str, Data], Any]:
            return lambda path, item: (
                make(path, item),
                self.truth({"ticked": True} | dict(item), "ticked", path),
            )

        return (
            list(self.each(data, "equation", with_tick(self.equation))),
            list(self.each(data, "rate", with_tick(self.rate))),
        )

    def table(self, path: str, data: Data) -> TableSpec:
        name = self.text(data, "name", f"{path}.name")
        here = f"table[{name}]"
        every_column = tuple(self.each(data, "columns", self.column, here))
        columns = tuple(column for column in every_column if not column.optional)
        titles = tuple(column.title for column in columns)
        required = tuple(column.title for column in columns if column.required) or titles
        self.unknown(here, data, TableSpec, also={"ignore"})

        def row(path: str, data: Data) -> RowSpec:
            return self.row(path, data, required)

        rows = tuple(self.each(data, "rows", row, here))
        return self.build(
            TableSpec,
            here,
            data,
            name=name,
            sheet=lambda: self.optional(data, "sheet", here, name),
            heading=lambda: self.optional(data, "heading", here, name),
            columns=columns,
            rows=tuple(one for one in rows if not one.optional),
            extras=lambda: tuple(self.each(data, "extras", self.simple(ExtraSpec), here)),
            copy_of="",
            keys=lambda: self.list_keys(data, here),
            more_columns=tuple(column for column in every_column if column.optional),
            more_rows=tuple(one for one in rows if one.optional),
        )

    def row(self, path: str, data: Data, all_required: tuple[str, ...]) -> RowSpec:
        """Read a fixed row; `required = true` means the columns in `all_required`."""
        self.unknown(path, data, RowSpec)
        given: dict[str, Any] = {
            "title": lambda: self.title(path, data),
            "at": lambda: self.place(path, data),
        }
        if not isinstance(data.get("required"), list):
            given["required"] = all_required if self.truth(data, "required", path) else ()
        return self.build(RowSpec, path, data, **given)

    def equation(self, path: str, data: Data) -> EquationSpec:
        code = self.text(data, "code", f"{path}.code")
        here = f"equation[{code}]"
        self.unknown(here, data, EquationSpec, also={"holds", "scope", "ticked"})
        table = self.optional(data, "table", here)
        scope = Scope(self.one_of(f"{here}.scope", data.get("scope", "sheet"), tuple(Scope)))
        relation = Relation("", scope, "=", ())
        try:
            relation = parse_relation(self.optional(data, "holds", here), scope, table)
        except EquationError as error:
            self.mistakes.append(f"{here}.holds：{error}")
        return self.build(EquationSpec, here, data, code=code, relation=relation, table=table)

    def rate(self, path: str, data: Data) -> RateSpec:
        code = self.text(data, "code", f"{path}.code")
        here = f"rate[{code}]"
        self.unknown(here, data, RateSpec, also={"holds", "ticked"})
        table = self.text(data, "table", f"{here}.table")
        ratio = Ratio("", (), (), Ref(table, "", ""))
        try:
            ratio = parse_ratio(self.optional(data, "holds", here), Scope.ROW, table)
        except EquationError as error:
            self.mistakes.append(f"{here}.holds：{error}")
        if ratio.shown is None:
            self.mistakes.append(f"{here}.holds：应写成“比率 = 分子 / 分母”")
        return self.build(RateSpec, here, data, code=code, ratio=ratio, table=table)

    def carry(self, path: str, data: Data) -> Carry:
        self.unknown(path, data, also={"from", "to"})
        return Carry(
            self.address(f"{path}.from", data.get("from")),
            self.address(f"{path}.to", data.get("to")),
        )

    def grade(self, path: str, data: Data) -> Grade:
        self.unknown(path, data, also={"name", "from"})
        return Grade(
            self.text(data, "name", f"{path}.name"),
            self.fraction(f"{path}.from", data.get("from", 0)),
        )

    def tier(self, path: str, data: Data) -> Tier:
        self.unknown(path, data, also={"name", "low", "high", "aliases"})
        name = self.text(data, "name", f"{path}.name")
        words = (name, *self.names(f"{path}.aliases", data.get("aliases", [])))
        return Tier(
            name,
            self.fraction(f"{path}.low", data.get("low")),
            self.fraction(f"{path}.high", data.get("high")),
            words,
        )
