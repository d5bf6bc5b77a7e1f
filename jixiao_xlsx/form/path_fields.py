"""The parts of spec.toml by which a county's own form is described: paths, and single cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jixiao_xlsx.form.paths import BETWEEN, RECORD_COLUMN, name_of
from jixiao_xlsx.form.spec import ColumnSpec, RowSpec, TableSpec
from jixiao_xlsx.form.spec_fields import Data, SpecFields
from jixiao_xlsx.values.equations import ALL_ROWS, Ref

PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
# What may stand in a label that holds its value, and what the others beside the first are called.
PARTS = {
    "department": "部门",
    "code": "编码",
    "year": "年度",
    "amount": "金额",
    "date": "日期",
    "text": "内容",
    "item": "项目",
}
_ASIDE = ("code", "year")  # parts that a cell is not named after, where it holds others
_ROLES = {"department": "department", "code": "department_code", "year": "year", "item": "item"}
_CELL_KEYS = {"table", "name", "path", "sheet", "at", "value_at", "inside", "required"}
_TYPED_KEYS = {"type", "unit", "decimals", "choices", "aliases", "hint"}


class PathFields(SpecFields):
    """Readers of what only a county's own form has."""

    def column(self, path: str, data: Data) -> ColumnSpec:
        """Read a column; its title may follow from its path."""
        self.unknown(path, data, ColumnSpec)
        return self.build(ColumnSpec, path, data, title=lambda: self.title(path, data))

    def title(self, path: str, data: Data) -> str:
        """Return the title of a row or column, or the name that its path gives."""
        if "title" in data or "path" not in data:
            return self.text(data, "title", f"{path}.title")
        return name_of(self.names(f"{path}.path", data["path"]))

    def place(self, path: str, data: Data) -> str:
        """Return a line or an address of the blank; "" where it is left out."""
        value = data.get("at", "")
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return str(value)
        return value if isinstance(value, str) else self.wrong(f"{path}.at", "行号或格的地址", "")

    def list_keys(self, data: Data, here: str) -> Mapping[str, str]:
        """Return the columns of a list that say whose a line is."""
        keys = self.words(data, "keys", here)
        self.unknown(f"{here}.keys", keys, also=_ROLES)
        if data.get("shape") == "list" and not {"department", "item"} & keys.keys():
            self.mistakes.append(
                f"{here}.keys：一张清单要写明哪一栏是部门（department）或项目（item）"
            )
        return keys

    def records(self, data: Data) -> Iterator[TableSpec]:
        """Yield the tables that the single cells of a form make, by their `table`."""
        tables: dict[tuple[str, str], list[RowSpec]] = {}
        for sheet, table, rows in self.each(data, "cell", self._cell):
            tables.setdefault((table, sheet), []).extend(rows)
        for (table, sheet), rows in tables.items():
            yield TableSpec(
                name=table,
                sheet=sheet,
                shape="record",
                heading=table,
                columns=(ColumnSpec(RECORD_COLUMN),),
                rows=tuple(rows),
            )

    def _cell(self, path: str, data: Data) -> tuple[str, str, list[RowSpec]]:
        self.unknown(path, data, also=_CELL_KEYS | _TYPED_KEYS)
        name = self.text(data, "name", f"{path}.name")
        here = f"cell[{name}]"
        sheet = self.text(data, "sheet", f"{here}.sheet")
        table = self.optional(data, "table", here, f"{sheet}{BETWEEN}填报项")
        if "value_at" in data:
            self.one_of(f"{here}.value_at", data["value_at"], ("right", "below", "inside"))
        patterns = self.names(f"{here}.inside", data.get("inside", []))
        titles = self.names(f"{here}.path", data.get("path", [name]))
        typed = {key: data[key] for key in _TYPED_KEYS if key in data}
        required = (RECORD_COLUMN,) if self.truth(data, "required", here) else ()
        rows = [
            self.build(
                RowSpec,
                here,
                typed if number == 0 else {},
                title=name if number == 0 else f"{name}{BETWEEN}{PARTS[part]}",
                required=required if number == 0 else (),
                path=titles,
                at=self.place(here, data),
                inside=patterns,
                part=part,
            )
            for number, part in enumerate(self._parts(here, patterns))
        ]
        return sheet, table, rows

    def _parts(self, here: str, patterns: tuple[str, ...]) -> list[str]:
        """Return the placeholders of a cell, that which it is named after first."""
        if not patterns:
            return [""]
        there = dict.fromkeys(part for text in patterns for part in PLACEHOLDER.findall(text))
        unknown = [part for part in there if part not in PARTS]
        known = [part for part in there if part in PARTS]
        if unknown or not known:
            allowed = "、".join(f"{{{part}}}" for part in PARTS)
            typed = "、".join(f"{{{part}}}" for part in unknown) or "一个也没有"
            self.mistakes.append(f"{here}.inside：占位符 {typed}，可用的是 {allowed}")
        known.sort(key=lambda part: part in _ASIDE)
        return known or [""]


def roles_of_lists(tables: tuple[TableSpec, ...]) -> dict[str, Ref]:
    """Return the roles that the key columns of a list give: those of its lines."""
    return {
        _ROLES[key]: Ref(table.name, ALL_ROWS, column)
        for table in tables
        for key, column in table.keys.items()
        if key in _ROLES
    }


def roles_of(tables: tuple[TableSpec, ...]) -> dict[str, Ref]:
    """Return the roles that placeholders give: {department} is the department."""
    return {
        role: Ref(table.name, row.title, RECORD_COLUMN)
        for table in reversed(tables)
        for row in reversed(table.rows)
        if (role := _ROLES.get(row.part))
    }
