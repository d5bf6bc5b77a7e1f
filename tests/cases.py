"""The cases of rules, as data: workbook_templates/<form>/cases/<CODE>.toml → a Submission in
memory, without any workbook.

A case gives the tables that matter to it as they would look on the sheet, one line per row, columns
separated by “|”:

    [[case]]
    name = "小计比人员经费与公用经费之和少一分"
    finds = ["资金预算执行表.教育支出.基本支出小计"]       # absent: the rule has nothing to say
    given."资金预算执行表" = '''
    支出功能分类科目 | 基本支出小计 | 人员经费 | 公用经费
    教育支出        | 100.00      | 60.00   | 40.02
    '''

- A table that is not given is not in the file; a given one has all rows and columns of the form,
  blank where nothing is typed.
- The first line holds the titles of the columns, except in a label/value table. Rows that the form
  names, and 合计, are recognised by their titles; the others are open rows.
- In a cell: `'95` is text, `95.50%` a number shown as a percentage, `=95` a formula with its
  result, `=?` a formula that was never calculated, `=95→98` and `=?→98` those that give 98 when
  they are calculated now, `#REF!` an error value, `@1905-07-16` a date; a plain number is a number,
  everything else is text.
- Lines without “|” say something about the table: `表题：…`, `单位：…`,
  `缺：公用经费、教育支出` (rows and columns that were
  deleted), `本单位无此项：√`, `未达说明：…`, and `照表样` (the indicator table with the form's own rows; those
  that follow replace what they name).
- `notes` is what else the reader would have met, “kind：where”; see NOTES.
- `word` is a Word report that came along, 自评报告.docx: `word."标题"` holds paragraphs, one a line, or a
  table under that title; `word."页眉"`, 页脚 and 脚注 hold what stands there.
- `reference` is what the bureau itself knows (元), a table of 项目 and amounts; 批复数, unless a
  column 类别 says 上报, 会审 or 账面 (of final accounts), to the last digit of a column 末位.
- `targets` are the approved ones, a table with the columns of ApprovedTarget that TARGETS names.
- `opening` is what last year's workbook closed with: lines of 表.行.列 and a number.
- `handed_out` is what the blank workbook remembers, “发给 | 县财政局”, “编码 | …”, “年度 | …”, “表.行.列 | 预填数”,
  “印 表.行.列 | 文字”, “公式 表.行.列 | …” (any formula of `given` reads “…”); absent: the file was not made
  from a blank one. A `notes` line “缺工作表：自检” takes that sheet out of the file.
- `finds` lists cells as 表.行.列 (行 may be 表头), 表.表题, 表.未达说明, or 工作表!A1. `level` (错误, 警告, 提示) and
  `says` (words that the message or its hint must contain) are optional.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.output.xlsx.blank.layout import Layout, TableFilling, TablePlace, lay_out
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags
from jixiao_xlsx.reading.formulas.formula_values import UnknownFormula
from jixiao_xlsx.reading.table_rows import read_tables
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.reading.word.content import DocxContent, WordCell, WordTable
from jixiao_xlsx.reading.word.docx_tables import form_tables
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Position
from jixiao_xlsx.values.cells import Document, Note, Paragraph, Place, Submission, Table
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.people import ApprovedTarget, ReferenceLine, Stage
from jixiao_xlsx.values.text import plain
from jixiao_xlsx.values.typed_numbers import ERROR_VALUES

NOTES = {
    "缺工作表": "missing_sheet",
    "没有表头": "missing_title",
    "多余工作表": "unread_sheet",
    "多余列": "unread_column",
    "多余行": "unread_row",
    "表外内容": "stray_cell",
    "重复标题": "duplicate_title",
    "隐藏行": "hidden_row",
    "隐藏工作表": "hidden_sheet",
    "改名工作表": "renamed_sheet",
    "合并金额": "merged_amount",
    "隐藏列": "hidden_column",
    "不显示的格": "invisible_cell",
    "图片": "picture",
    "隐藏原表": "hidden_original",
}
KEYS = {
    "name",
    "finds",
    "given",
    "word",
    "notes",
    "reference",
    "opening",
    "targets",
    "handed_out",
    "level",
    "says",
}
MARKS = {"发给": hidden_mark.DEPARTMENT, "编码": hidden_mark.CODE, "年度": hidden_mark.YEAR}
TARGETS = {
    "三级指标": "name",
    "计算符号": "sign",
    "指标值": "value",
    "计量单位": "unit",
    "分值": "weight",
    "调整后指标值": "adjusted",
    "调整批复文号": "document",
}
REPORT = "自评报告.docx"
ASIDES = ("页眉", "页脚", "脚注")
HEADING, UNIT, MISSING, AS_FORM = "表题", "单位", "缺", "照表样"


@dataclass(frozen=True)
class Case:
    """One case of one rule."""

    code: str
    name: str
    finds: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    word: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reference: str = ""
    opening: str = ""
    targets: str = ""
    handed_out: str = ""
    level: str = ""
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def load_cases(template: Template) -> tuple[Case, ...]:
    """Every case of a form, by rule. A key that is not known is a ValueError."""
    return tuple(
        case
        for path in sorted((template.folder / "cases").glob("*.toml"))
        for case in _load(path.stem, path.read_text("utf-8"))
    )


def _load(code: str, text: str) -> Iterator[Case]:
    data = tomllib.loads(text)
    if set(data) != {"case"}:
        raise ValueError(f"{code}.toml：只能有 [[case]]")
    for item in data["case"]:
        if unknown := set(item) - KEYS:
            raise ValueError(f"{code}.toml “{item.get('name')}”：不认识 {unknown}")
        yield Case(
            code,
            **{
                key: tuple(value) if isinstance(value, list) else value
                for key, value in item.items()
            },
        )


# ------------------------------------------------------------------------------------ text → blocks


@dataclass
class Block:
    """One given table: its remarks, its fixed rows and total by title, its open rows."""

    remarks: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    open_rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(filter(None, self.remarks.get(MISSING, "").split("、")))


def _block(spec: TableSpec, text: str, template: Template) -> Block:
    block = Block()
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    for line in lines:
        if "|" not in line:
            key, _, value = line.partition("：")
            block.remarks[key.strip()] = value.strip()
    if AS_FORM in block.remarks:
        block.open_rows = [
            row for row in _library(template) if row[spec.label[0]] not in block.missing
        ]
    grid = [[cell.strip() for cell in line.split("|")] for line in lines if "|" in line]
    if spec.shape == "record":
        block.rows = {title: {spec.columns[0].title: typed} for title, typed in grid}
    elif grid:
        for line in grid[1:]:
            _row(spec, block, dict(zip(grid[0], line, strict=True)), line[0])
    _must_be_known(spec, block)
    return block


def _row(spec: TableSpec, block: Block, row: dict[str, str], first: str) -> None:
    if spec.shape == "fixed":
        block.rows[first] = dict(list(row.items())[1:])
        return
    title = next((row[name] for name in spec.label if row.get(name)), first)
    if spec.total and spec.total in row.values():
        block.rows[spec.total] = {name: typed for name, typed in row.items() if typed != spec.total}
    elif title in spec.row:
        block.rows[title] = row
    elif same := [
        old for old in block.open_rows if AS_FORM in block.remarks and old[spec.label[0]] == title
    ]:
        same[0].update({name: typed for name, typed in row.items() if typed})
    else:
        block.open_rows.append(row)


def _library(template: Template) -> Iterator[dict[str, str]]:
    """The indicator rows that the form prints."""
    columns = template.indicator_columns
    for one in template.indicators:
        yield {
            columns["level1"]: one.level1,
            columns["level2"]: one.level2,
            columns["name"]: one.name,
            columns["direction"]: one.direction,
            columns["unit"]: one.unit,
            columns["weight"]: plain(one.weight),
            columns["target"]: one.target,
        }


def _must_be_known(spec: TableSpec, block: Block) -> None:
    allowed = {HEADING, UNIT, MISSING, AS_FORM, spec.tick, *(extra.title for extra in spec.extras)}
    columns = {name for row in (*block.rows.values(), *block.open_rows) for name in row}
    strange = (
        (block.remarks.keys() - allowed)
        | (columns - spec.column.keys())
        | (block.rows.keys() - {*spec.row, spec.total})
    )
    if strange:
        raise ValueError(f"“{spec.name}”没有 {'、'.join(sorted(strange))}")


# ------------------------------------------------------------------------------ blocks → worksheets


@dataclass
class Sheet:
    """A worksheet being typed: values by position, and what its XML would say of them."""

    name: str
    values: dict[Position, object] = field(default_factory=dict)
    formulas: dict[Position, str] = field(default_factory=dict)
    errors: dict[Position, str] = field(default_factory=dict)
    uncalculated: set[Position] = field(default_factory=set)
    percents: set[Position] = field(default_factory=set)
    results: dict[Position, Decimal] = field(default_factory=dict)

    def write(self, at: Position, typed: str) -> None:
        """Type a cell in the notation of the cases."""
        if typed.startswith("="):
            self.formulas[at] = "…"
            typed, _, result = typed[1:].partition("→")
            if result:
                self.results[at] = Decimal(result)
        if typed == "?":
            self.uncalculated.add(at)
        elif typed in ERROR_VALUES:
            self.errors[at] = typed
        elif re.fullmatch(r"@[-\d]{10}", typed):
            self.values[at] = dt.date.fromisoformat(typed[1:])
        elif re.fullmatch(r"-?\d+(\.\d+)?%", typed):
            self.percents.add(at)
            self.values[at] = float(Decimal(typed[:-1]) / 100)
        elif re.fullmatch(r"-?\d+(\.\d+)?", typed):
            self.values[at] = float(typed)
        elif typed:
            self.values[at] = typed.removeprefix("'")

    def grid(self) -> Worksheet:
        """Return the worksheet as the reader opens it."""
        height = max((row for row, _ in self.values), default=-1) + 1
        width = max((column for _, column in self.values), default=-1) + 1
        rows = [[self.values.get((row, at), "") for at in range(width)] for row in range(height)]
        flags = SheetFlags(
            self.formulas, self.errors, frozenset(self.uncalculated), frozenset(self.percents)
        )
        return Worksheet(self.name, rows, flags, recalculate=self.calculate)

    def calculate(self, at: Position) -> float:
        """Return what a formula gives now, where the case says so."""
        if at not in self.results:
            raise UnknownFormula
        return float(self.results[at])


def _sheet(
    name: str,
    blocks: Mapping[str, Block],
    layout: Layout,
    context: Mapping[str, str],
) -> Sheet:
    """Type the given tables of one worksheet where the blank form has them."""
    sheet = Sheet(name)
    for table, block in blocks.items():
        where = layout.tables[table]
        _type_frame(where, block, sheet, context)
        _type_labels(where, block, sheet)
        rows: Iterator[tuple[Any, Mapping[str, str]]] = iter(
            [*block.rows.items(), *enumerate(block.open_rows)]
        )
        for key, row in rows:
            for title, typed in row.items():
                if title not in block.missing:
                    sheet.write((where.row[key].line, where.columns[title]), typed)
    return sheet


def _type_frame(where: TablePlace, block: Block, sheet: Sheet, context: Mapping[str, str]) -> None:
    """Type the title line, the headings of the columns, and the labelled cells beside the grid."""
    spec = where.spec
    heading = spec.heading.format(year=context["year"] or "2023", department=context["department"])
    sheet.write(where.heading, block.remarks.get(HEADING, heading))
    if UNIT in block.remarks:
        line, column = where.heading
        sheet.write((line + 1, column + 1), f"单位：{block.remarks[UNIT]}")
    if where.labelled:
        sheet.write((where.header, 0), spec.label_title)
    for title, at in where.columns.items():
        if title not in block.missing:
            sheet.write((where.header, at), title)
    for extra, (line, column) in where.extras.items():
        sheet.write((line, column - 1), extra)
        sheet.write((line, column), block.remarks.get(extra, ""))
    if where.tick:
        line, column = where.tick
        sheet.write((line, column - 1), spec.tick)
        sheet.write((line, column), block.remarks.get(spec.tick, ""))


def _type_labels(where: TablePlace, block: Block, sheet: Sheet) -> None:
    """Type the titles of the rows that the form names, and of the total."""
    for row in where.rows:
        if not row.title or row.title in block.missing:
            continue
        labels = where.spec.label
        at = where.columns[labels[0]] if row.kind == "fixed" and not where.labelled else 0
        sheet.write((row.line, at), row.title)


# ------------------------------------------------------------------------------ sheets → Submission


def submission(case: Case, template: Template) -> Submission:
    """The file that the case describes, as the reader would give it."""
    blocks = {
        name: _block(template.table[name], text, template) for name, text in case.given.items()
    }
    filling = {
        name: TableFilling(open_rows=block.open_rows or ({},)) for name, block in blocks.items()
    }
    layout = lay_out(template, filling)
    info = {title: row for block in blocks.values() for title, row in block.rows.items()}
    context = {
        role: _typed(info, template, role) for role in ("department", "department_code", "year")
    }
    tables: dict[str, Table] = {}
    for spec in template.sheets:
        given = {
            table.name: blocks[table.name]
            for table in template.tables_of(spec.title)
            if table.name in blocks
        }
        if given:
            grid = _sheet(spec.title, given, layout, context).grid()
            specs = [template.table[name] for name in given]
            tables |= {
                table.name: table for table in read_tables(grid, specs, titles_of(template)).tables
            }
    if lost := blocks.keys() - tables.keys():
        raise ValueError(f"没有读到“{'、'.join(sorted(lost))}”")
    gone = {note.partition("：")[2] for note in case.notes if note.startswith("缺工作表")}
    names = tuple(sheet.title for sheet in template.sheets if sheet.title not in gone)
    read = Submission(
        file=f"{case.code}.xlsx",
        sha256="0" * 64,
        template=template.id,
        department=context["department"],
        code=context["department_code"],
        year=int(context["year"]) if context["year"].isdigit() else None,
        tables={
            table.name: tables[table.name] for table in template.tables if table.name in tables
        },
        meta=_meta(case, template),
        sheets=names,
    )
    if case.word:
        read = replace(read, documents=(_document(case.word, template),))
    notes = [text for text in case.notes if text.partition("：")[2] not in _unread(template)]
    return replace(read, notes=tuple(_note(text, read) for text in notes))


def _document(word: Mapping[str, str], template: Template) -> Document:
    """The report, as the reader would give it."""
    texts: list[str] = []
    tables: list[WordTable] = []
    margins: list[Paragraph] = []
    for title, body in word.items():
        lines = [line.strip() for line in body.strip().splitlines() if line.strip()]
        if title in ASIDES:
            margins += [
                Paragraph(number, line, aside=title) for number, line in enumerate(lines, 1)
            ]
            continue
        texts += [title] if any("|" in line for line in lines) else [title, *lines]
        rows = [
            (0, tuple(WordCell(cell.strip()) for cell in line.split("|")))
            for line in lines
            if "|" in line
        ]
        if rows:
            tables.append(WordTable(tuple(rows), len(texts), len(tables) + 1))
    paragraphs = tuple(
        Paragraph(number, text, text in word) for number, text in enumerate(texts, 1)
    )
    read, figures = form_tables(
        DocxContent(paragraphs, tuple(tables)), REPORT, template, titles_of(template)
    )
    return Document(REPORT, "0" * 64, paragraphs, read, len(tables), tuple(margins), figures)


def _unread(template: Template) -> set[str]:
    """Sheets that the reader does not look for."""
    return {sheet.title for sheet in template.sheets if sheet.kind != "data"}


def _meta(case: Case, template: Template) -> dict[str, str]:
    """The lines of the hidden sheet."""
    lines = [
        [part.strip() for part in line.split("|")] for line in case.handed_out.strip().splitlines()
    ]
    marks = {MARKS[key]: value for key, value in lines if key in MARKS}
    of: dict[str, dict[Ref, str]] = {"": {}, "印": {}, "公式": {}}
    for key, value in lines:
        if key not in MARKS:
            kind, _, where = key.rpartition(" ")
            of[kind][Ref(*where.split("."))] = value
    ahead = hidden_mark.HandedOut(
        {ref: Decimal(value) for ref, value in of[""].items()}, of["印"], of["公式"]
    )
    return hidden_mark.mark_lines(template, None, "", "", ahead) | marks if lines else {}


def _typed(info: Mapping[str, Mapping[str, str]], template: Template, role: str) -> str:
    ref = template.roles[role]
    return info.get(ref.row, {}).get(ref.column, "").lstrip("@")


def _note(text: str, read: Submission) -> Note:
    """“合并金额：表.行.列”, “多余列：工作表!K3 备注”, “缺工作表：三公经费”."""
    kind, _, where = text.partition("：")
    at, _, item = where.partition(" ")
    if kind == "缺工作表":
        return Note(NOTES[kind], Place(read.sheets[0], "A1"), at, f"没有工作表“{at}”")
    place = find(at, read)
    if kind == "合并金额":
        row, column = at.split(".")[1:]
        return Note(
            NOTES[kind],
            place,
            f"{row}·{column}",
            f"{place.cell} 等格是合并单元格，数字算在第一行“{row}”",
        )
    if kind == "隐藏原表":
        item, _, differences = item.partition(" ")
        return Note(NOTES[kind], place, item, differences)
    return Note(NOTES[kind], place, item, f"{kind}“{item}”")


def reference(case: Case) -> tuple[ReferenceLine, ...]:
    """The bureau's own figures."""
    head, *grid = [
        [cell.strip() for cell in line.split("|")] for line in case.reference.strip().splitlines()
    ] or [[]]
    lines = []
    for number, cells in enumerate(grid, start=2):
        line = dict(zip(head, cells, strict=True))
        item, kind, grain = (line.pop(title, "") for title in ("项目", "类别", "末位"))
        amounts = {kind: Decimal(typed) for kind, typed in line.items() if typed}
        one = ReferenceLine("", item, amounts, f"批复数.csv 第 {number} 行")
        if kind:
            own = {"department": "本部门", "stage": Stage(kind), "dated": "2024年3月20日"}
            one = replace(one, source="“决算表.xlsx·财决01·E8”", **own)
        lines.append(replace(one, grain=Decimal(grain or 0)))
    return tuple(lines)


def targets(case: Case) -> tuple[ApprovedTarget, ...]:
    """The approved targets of the department."""
    head, *grid = [
        [cell.strip() for cell in line.split("|")] for line in case.targets.strip().splitlines()
    ] or [[]]
    found = []
    for number, cells in enumerate(grid, start=2):
        line = {TARGETS[title]: typed for title, typed in zip(head, cells, strict=True)}
        weight = line.pop("weight", "")
        one = ApprovedTarget("本部门", source=f"“目标.xlsx”第 {number} 行", **line)
        found.append(replace(one, weight=Fraction(weight) if weight else None))
    return tuple(found)


def opening(case: Case) -> dict[Ref, Decimal]:
    """What last year's workbook closed with, by the cells it opens."""
    lines = (line.split("|") for line in case.opening.strip().splitlines())
    return {Ref(*address.strip().split(".")): Decimal(typed.strip()) for address, typed in lines}


def find(address: str, read: Submission) -> Place:
    """The place that an address of `finds` means. KeyError where there is no such cell."""
    sheet, mark, ref = address.partition("!")
    if mark:
        return Place(sheet, ref)
    name, *rest = address.split(".")
    table = read.tables[name]
    if rest == [HEADING]:
        return table.anchor.place
    if len(rest) == 1:
        return table.extras[rest[0]].place
    row, column = rest
    cell = table.columns[column] if row == "表头" else table.cell(row, column)
    if cell is None:
        raise KeyError(address)
    return cell.place


__all__ = ["Case", "find", "load_cases", "opening", "reference", "submission"]
