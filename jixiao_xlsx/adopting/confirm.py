"""Questions about a drafted form, and what becomes of the form by the answers 对 and 改."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jixiao_xlsx.adopting.drafting.toml_text import Inline
from jixiao_xlsx.adopting.understanding import Understanding
from jixiao_xlsx.form.paths import RECORD_COLUMN
from jixiao_xlsx.values.text import tidy

AS_IT_IS, TO_CHANGE = "对", "改"
_TABLES, _EQUATIONS, _ROLES, _SCORES = "核对·表格", "核对·等式", "核对·认定", "核对·评分"
_ROLE_NAMES = {
    "department": "部门（单位）名称",
    "department_code": "部门（单位）编码",
    "year": "年度",
    "item": "项目名称",
    "self_total": "自评总分",
}
_UNITS = ("亿元", "百万元", "万元", "千元", "百元", "元", "人", "个", "辆", "平方米")
_QUOTES = re.compile(r"[「」]")


@dataclass(frozen=True, slots=True)
class Question:
    """A line to be answered: its texts, and the answer that holds unless a person changes it."""

    texts: tuple[str, ...]
    answer: str = AS_IT_IS


@dataclass(frozen=True, slots=True)
class QuestionList:
    """The questions of one sheet; the first text of each names what it is about."""

    sheet: str
    titles: tuple[str, ...]
    widths: tuple[int, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered to the question of that name."""

    sheet: str
    name: str
    answer: str
    change: str


def question_lists(
    spec: Mapping[str, Any], understanding: Understanding | None = None
) -> tuple[QuestionList, ...]:
    """Return the lists of questions about a drafted form."""
    lists = (
        QuestionList(
            _TABLES,
            ("表", "工作表", "范围", "金额单位", "行", "栏"),
            (30, 24, 12, 10, 46, 46),
            tuple(_tables(spec)),
        ),
        QuestionList(
            _EQUATIONS,
            ("编号", "表", "等式", "在哪些栏或行", "依据"),
            (10, 26, 70, 30, 34),
            tuple(_equations(spec)),
        ),
        QuestionList(_SCORES, ("项目", "认定为", "依据"), (26, 40, 40), tuple(_scores(spec))),
        QuestionList(_ROLES, ("认定的内容", "所在的格", "标签"), (26, 30, 40), tuple(_roles(spec))),
    )
    return tuple(one for one in lists if one.questions)


def _tables(spec: Mapping[str, Any]) -> Iterator[Question]:
    for table in spec.get("table", ()):
        columns = "；".join("·".join(one["path"]) or "（一栏）" for one in table["columns"])
        rows = "；".join("·".join(one["path"]) or "（一行）" for one in table.get("rows", ()))
        own = f"第 {table['lines'].replace(':', '—')} 行由单位填写" if table.get("lines") else ""
        texts = (table["name"], table["sheet"], table["at"], table.get("unit", ""))
        yield Question((*texts, "；".join(part for part in (rows, own) if part), columns))


def _equations(spec: Mapping[str, Any]) -> Iterator[Question]:
    for one in (*spec.get("equation", ()), *spec.get("rate", ())):
        along = one.get("columns") or one.get("rows") or ["每一行"]
        where = "、".join(along) if one.get("scope") != "sheet" else ""
        text = _QUOTES.sub("", one["holds"])
        answer = AS_IT_IS if one.get("ticked", True) else ""
        yield Question(
            (one["code"], one.get("table", "表间"), text, where, one.get("reason", "")), answer
        )


def _scores(spec: Mapping[str, Any]) -> Iterator[Question]:
    section = spec.get("indicators")
    if not section:
        return
    yield Question(("指标表", section["table"], "按“一级指标、三级指标、分值、得分”等栏名认出"))
    yield Question(("指标分值合计", f"{section['full_mark']} 分", "表上印的分值"))
    includes = "包含" if section.get("total_includes_execution") else "不包含"
    yield Question(("总分里的预算执行率得分", includes, "表上印的分值相加"))
    names = {"name": "指标名称", "weight": "分值", "target": "目标值", "actual": "实际值"}
    names |= {"score": "得分", "deviation": "偏差原因", "direction": "方向"}
    for role, label in names.items():
        if role in section["columns"]:
            yield Question((f"{label}一栏", section["columns"][role], "栏名"))


def _roles(spec: Mapping[str, Any]) -> Iterator[Question]:
    for role, address in spec.get("roles", {}).items():
        if role in _ROLE_NAMES:
            yield Question((_ROLE_NAMES[role], *_place(spec, _QUOTES.sub("", address))))


def _place(spec: Mapping[str, Any], address: str) -> tuple[str, str]:
    """Return where a role's cell stands, and its label."""
    for cell in spec.get("cell", ()):
        if address == f"{cell['table']}.{cell['name']}.{RECORD_COLUMN}":
            return f"{cell['sheet']}!{cell['at']}", cell["name"]
    return address, ""


# ----------------------------------------------------------------------------------------- answers


def answers_in(sheets: Mapping[str, Sequence[Sequence[object]]]) -> Iterator[Answer]:
    """Yield what was answered on the sheets of the lists, given by their rows."""
    for name in (_TABLES, _EQUATIONS, _SCORES, _ROLES):
        rows = sheets.get(name, ())
        if not rows:
            continue
        titles = [tidy(str(text)) for text in rows[0]]
        if "对/改" not in titles:
            continue
        at = titles.index("对/改")
        for row in rows[1:]:
            texts = [str(text).strip() for text in [*row, *[""] * (at + 2 - len(row))]]
            if texts[0]:
                yield Answer(name, texts[0], texts[at], texts[at + 1])


def confirmed(
    spec: Mapping[str, Any], answers: Sequence[Answer]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the form as answered, and what of the answers could not be used."""
    changed: dict[str, Any] = {key: _copied(value) for key, value in spec.items()}
    problems: list[str] = []
    for answer in answers:
        if answer.sheet == _EQUATIONS:
            _tick(changed, answer)
        elif answer.answer == TO_CHANGE:
            change = {_TABLES: _change_table, _SCORES: _change_score, _ROLES: _change_role}
            if problem := change[answer.sheet](changed, answer):
                problems.append(problem)
    return _inline(changed), tuple(problems)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_copied(one) for one in value]
    return value


def _tick(spec: dict[str, Any], answer: Answer) -> None:
    for one in (*spec.get("equation", ()), *spec.get("rate", ())):
        if one["code"] == answer.name:
            one["ticked"] = answer.answer == AS_IT_IS


def _change_table(spec: dict[str, Any], answer: Answer) -> str:
    """Change the unit of a table, or leave the table out where nothing is written."""
    table = next((one for one in spec.get("table", ()) if one["name"] == answer.name), None)
    if table is None:
        return f"《{_TABLES}》里的“{answer.name}”不在表单里"
    unit = tidy(answer.change)
    if unit not in _UNITS:
        return (
            f"《{_TABLES}》“{answer.name}”选了“改”，“改成”里请写单位，如 万元、元、人；"
            "行、栏认错的，请改 spec.toml，或把空白表的表头印清楚后重新运行 adopt"
        )
    table["unit"] = unit
    for axis in ("columns", "rows"):
        for one in table.get(axis, ()):
            if one.get("unit") in _UNITS:
                del one["unit"]
    return ""


def _change_score(spec: dict[str, Any], answer: Answer) -> str:
    section = spec["indicators"]
    if answer.name == "指标分值合计":
        number = re.search(r"\d+(?:\.\d+)?", answer.change)
        if number is None:
            return f"《{_SCORES}》“{answer.name}”选了“改”，“改成”里请写分数，如 90"
        value = float(number[0])
        section["full_mark"] = int(value) if value.is_integer() else value
        return ""
    if answer.name == "总分里的预算执行率得分":
        section["total_includes_execution"] = not section.get("total_includes_execution", False)
        return ""
    return f"《{_SCORES}》“{answer.name}”选了“改”：请在 spec.toml 的 [indicators] 里改栏名"


def _change_role(spec: dict[str, Any], answer: Answer) -> str:
    """Point a role at another cell, given as 工作表!格 or as 表.行.列; without one it is left out."""
    roles = {name: role for role, name in _ROLE_NAMES.items()}
    role = roles.get(answer.name, "")
    if role not in spec.get("roles", {}):
        return f"《{_ROLES}》里的“{answer.name}”不在表单里"
    if not answer.change:
        del spec["roles"][role]
        return ""
    address = _cell_address(spec, answer.change)
    if not address:
        return (
            f"《{_ROLES}》“{answer.name}”改成“{answer.change}”，找不到这一格。"
            "请写成“工作表!格”，如 Sheet1!C4，须是涂了颜色的格"
        )
    spec["roles"][role] = address
    return ""


def _cell_address(spec: Mapping[str, Any], place: str) -> str:
    """Return 表.行.列 of a single cell given by its place."""
    sheet, _, ref = place.replace("$", "").rpartition("!")
    for cell in spec.get("cell", ()):
        if cell["at"].upper() == ref.strip().upper() and sheet.strip() in ("", cell["sheet"]):
            return f"「{cell['table']}」.「{cell['name']}」.「{RECORD_COLUMN}」"
    return ""


def _inline(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a form read from TOML with its rows and columns to be written a line each."""
    for table in spec.get("table", ()):
        for axis in ("columns", "rows"):
            if axis in table:
                table[axis] = [Inline(one) for one in table[axis]]
        if "ignore" in table:
            table["ignore"] = Inline(table["ignore"])
    return spec
