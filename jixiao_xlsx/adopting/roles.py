"""What some cells of a form are: department, code, year, total score; columns of indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jixiao_xlsx.adopting.claims.total_scores import score_column, weight_column
from jixiao_xlsx.adopting.seen import words
from jixiao_xlsx.adopting.seen.blocks import SheetLayout
from jixiao_xlsx.adopting.seen.boxes import Box
from jixiao_xlsx.adopting.seen.lines import LineKind
from jixiao_xlsx.adopting.seen.tables import RowSeen, TableColumn
from jixiao_xlsx.adopting.understanding import (
    Field,
    PairUnderstood,
    TableUnderstood,
    Understanding,
)

_DEPARTMENTS = (
    re.compile(
        r"^(?:部门|单位)(?:[(](?:部门|单位)[)])?[名全]称$|^(?:预算)?部门、?(?:单位)?名称$|^预算部门、单位名称$"
    ),
    re.compile(
        r"^(?:填报|编制|编报|申报|报送|上报|自评|评价)(?:单位|部门|学校|机构|乡镇)(?:名称)?(?:[(].*[)])?$"
    ),
    re.compile(r"^(?:部门|单位)(?:[(](?:部门|单位)[)])?$|^预算(?:部门|单位)$|^单位$"),
    re.compile(r"^(?:项目)?(?:实施|使用|承担)(?:单位|部门)(?:名称)?$"),
    re.compile(r"^主管(?:部门|单位)(?:名称)?(?:[(].*[)])?$"),
)
_SEAL = re.compile(r"[(][^()]*[章签][^()]*[)]$")
_CODE = re.compile(r"^(?:单位|部门|预算单位|预算)(?:编码|代码)$")
_YEAR_CELL = re.compile(r"^(?:评价|自评|填报|预算|项目)?年度$")
_ITEM = re.compile(r"^项目名称$")
_IN_TITLE = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
_YEAR_BLANK = re.compile(r"[(（][\s\u3000_]*年度?[)）]|^[\s\u3000_]+年度")

INDICATOR_COLUMNS = (
    ("deviation", re.compile(r"原因|措施")),
    ("actual", re.compile(r"实际|完成值|业绩|实现值|完成情况|达到值")),
    ("rate", re.compile(r"完成率|完成比例")),
    ("target", re.compile(r"(?:目标|指标)值|^目标$|预期值|计划值|评价标准值|^数值$")),
    ("score", re.compile(r"得分|自评分|评分$")),
    ("weight", re.compile(r"分值|权重|标准分|满分")),
    ("direction", re.compile(r"方向|指标性质|符号")),
    ("unit", re.compile(r"计量单位|^单位$|度量单位")),
    ("level1", re.compile(r"^一级指标")),
    ("level2", re.compile(r"^二级指标")),
    ("name", re.compile(r"^(?:三|四)级指标|^指标名称|^(?:具体|绩效|评价)指标$")),
)


@dataclass(frozen=True, slots=True)
class YearLine:
    """A line of the blank that names the year, printed or left blank; `year` None there."""

    sheet: str
    box: Box
    year: int | None


def field_role(titles: Sequence[str]) -> str:
    """Return the role that a label gives its value; "" for none."""
    key = _plain_label(titles)
    if any(one.match(key) for one in _DEPARTMENTS):
        return "department"
    for role, pattern in (("code", _CODE), ("year", _YEAR_CELL), ("item", _ITEM)):
        if pattern.match(key):
            return role
    return ""


def department_of(understanding: Understanding) -> Field | None:
    """Return the cell with the department's name: the likeliest label, the first of equals."""
    found = [
        (rank, number, one)
        for number, one in enumerate(_label_fields(understanding))
        for rank, pattern in enumerate(_DEPARTMENTS)
        if pattern.match(_label(one))
    ]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _label_fields(understanding: Understanding) -> Iterator[Field]:
    """Yield fields with one title: pairs, cells under headings with a single line or 内容."""
    yield from (pair.field for pair in understanding.pairs)
    for table in understanding.tables:
        if any(words.is_any_content(column.leaf.key) for column in table.found.columns):
            yield from (one for one in table.fields if one.row)
        yield from (one for one in table.fields if not one.row and len(table.found.lines) == 1)


def _label(one: Field) -> str:
    return _plain_label(one.row or one.column)


def _plain_label(titles: Sequence[str]) -> str:
    """Return a label without 其中：, its unit, and the seal asked for: “部门名称（公章）”."""
    return _SEAL.sub("", words.plain_title(titles[-1])) if titles else ""


def labelled(understanding: Understanding, role: str) -> Field | None:
    """Return the first cell whose label gives it that role."""
    fields = _label_fields(understanding)
    return next((one for one in fields if field_role(one.row or one.column) == role), None)


def year_lines(layouts: Sequence[SheetLayout]) -> Iterator[YearLine]:
    """Yield the titles of sheets that name a year, or leave room for one."""
    for layout in layouts:
        for line in layout.lines:
            if line.kind not in (LineKind.TITLE, LineKind.SECTION, LineKind.INLINE):
                continue
            for box in line.boxes:
                if found := _IN_TITLE.search(box.text):
                    yield YearLine(layout.grid.sheet, box, int(found[0]))
                elif _YEAR_BLANK.search(box.text):
                    yield YearLine(layout.grid.sheet, box, None)


def year_of_blank(understanding: Understanding) -> int | None:
    """Return the year a blank speaks of: that of its titles, else the latest it prints."""
    years = [one.year for one in year_lines(understanding.layouts) if one.year]
    if years:
        return max(years)
    printed = [
        int(found)
        for layout in understanding.layouts
        for box in layout.grid.boxes
        for found in _IN_TITLE.findall(box.text)
    ]
    return max(printed, default=None)


def indicator_columns(table: TableUnderstood) -> Mapping[str, TableColumn]:
    """Return the columns of an indicator table by what they are for."""
    found: dict[str, TableColumn] = {}
    for column in table.found.columns:
        key = words.plain_title(column.leaf.text)
        for role, pattern in INDICATOR_COLUMNS:
            if pattern.search(key):
                if role not in found or role == "name":
                    found[role] = column
                break
    if "name" not in found and "level2" in found:
        found["name"] = found.pop("level2")
    return {**found, **_told_apart(table, found)}


def _told_apart(
    table: TableUnderstood, found: Mapping[str, TableColumn]
) -> Mapping[str, TableColumn]:
    """Return the columns of which a form has several: the weight of each level, two scores."""
    several: dict[str, TableColumn] = {}
    if "score" in found and (score := score_column(table.found)):
        several["score"] = score
    if "weight" in found and (weight := weight_column(table.found)):
        several["weight"] = weight
    return several


def indicator_tables(understanding: Understanding) -> Iterator[TableUnderstood]:
    """Yield the tables of indicators: with levels, and something to score."""
    for table in understanding.tables:
        columns = indicator_columns(table)
        if table.found.levels and "name" in columns and {"score", "weight"} & columns.keys():
            yield table


def scored_table(understanding: Understanding) -> TableUnderstood | None:
    """Return the table of indicators that is scored; None where none is, or several are."""
    tables = list(indicator_tables(understanding))
    scored = [one for one in tables if "score" in indicator_columns(one)]
    return scored[0] if len(scored) == 1 else tables[0] if len(tables) == 1 else None


def scored_in_parts(understanding: Understanding) -> bool:
    """Return whether scores stand in several tables, none of which has the whole."""
    tables = indicator_tables(understanding)
    return sum("score" in indicator_columns(one) for one in tables) > 1


def total_line(table: TableUnderstood) -> RowSeen | None:
    """Return the line with the total score of an indicator table."""
    return next((line for line in reversed(table.found.lines) if line.total), None)


def total_score(understanding: Understanding) -> Field | None:
    """Return the cell of the total score."""
    for table in filter(None, [scored_table(understanding)]):
        line, column = total_line(table), score_column(table.found)
        if line is not None and column is not None and (one := table.at(line, column)):
            return one
    return None


def inside_pairs(understanding: Understanding) -> Iterator[PairUnderstood]:
    """Yield the pairs whose value stands in the cell of its label."""
    return (one for one in understanding.pairs if one.pair.value_at == "inside")
