"""bureau.toml: who the bureau is, and its deadlines."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jixiao_xlsx.intake.table_files import InputError, read_text
from jixiao_xlsx.values.findings import Result
from jixiao_xlsx.values.people import OPINION_PARTS, Bureau, OpinionLayout

BUREAU_FILE = "bureau.toml"
WAIVERS_FILE = "waivers.csv"
_FIELDS = {
    "局名": "name",
    "股室": "office",
    "联系人": "contact",
    "电话": "phone",
    "截止日期": "deadline",
    "退回期限": "return_by",
    "文号": "document_number",
    "落款日期": "dated",
    "通知": "notice",
}
_YEAR, _FORMAL, _OPINIONS = "评价年度", "正式函", "审核意见导入"
_SHEET, _COLUMNS, _WORDS = "工作表", "列", "结果"
_BARE_TABLE = re.compile(r"^([ \t]*\[{1,2})([^\x00-\x7f][^\s\]\"'#]*)(\]{1,2})", re.MULTILINE)
_BARE_KEY = re.compile(r"^([ \t]*)([^\x00-\x7f][^\s=\"'#]*)([ \t]*=)", re.MULTILINE)


def file_beside(roster_path: str | Path | None, name: str) -> Path | None:
    """Return the file of that name beside the roster, if there is one."""
    path = Path(roster_path).parent / name if roster_path else None
    return path if path and path.is_file() else None


def bureau_toml(path: Path) -> Mapping[str, Any]:
    """Read a TOML file whose Chinese keys need no quotation marks. Raises InputError."""
    text = read_text(path)
    try:
        # TOML wants Chinese keys in quotation marks; a bureau need not know that.
        quoted = _BARE_TABLE.sub(r'\1"\2"\3', _BARE_KEY.sub(r'\1"\2"\3', text))
        return tomllib.loads(quoted)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path.name, [_syntax_mistake(str(error))]) from error


def read_bureau(path: Path) -> Bureau:
    """Read bureau.toml. Raises InputError naming every mistake."""
    data = bureau_toml(path)
    if mistakes := [*_mistakes(data)]:
        raise InputError(path.name, mistakes)
    values = {field: text_of_setting(data.get(title, "")) for title, field in _FIELDS.items()}
    return Bureau(
        **values,
        year=data.get(_YEAR),
        formal=data.get(_FORMAL, False),
        opinions=_opinions(data[_OPINIONS]) if _OPINIONS in data else None,
    )


def _opinions(data: Mapping[str, Any]) -> OpinionLayout:
    """Return the layout of opinions; what is left out is as usual."""
    usual = OpinionLayout()
    columns = tuple(_pair(text) for text in data.get(_COLUMNS, ()))
    words = dict(_pair(text) for text in data.get(_WORDS, ()))
    return OpinionLayout(data.get(_SHEET, usual.sheet), columns or usual.columns, words)


def _pair(text: str) -> tuple[str, str]:
    """Return both sides of “单位编码 = 编码”; one alone is its own."""
    left, _, right = (part.strip() for part in text.partition("="))
    return left, right or left


def _wrong_opinions(data: object) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{_OPINIONS}：应是单独的一节，写作 [{_OPINIONS}]"
        return
    for key in data.keys() - {_SHEET, _COLUMNS, _WORDS}:
        yield f"{_OPINIONS}.{key}：不认识的项目（可用：{_SHEET}、{_COLUMNS}、{_WORDS}）"
    lists = {key: data.get(key, []) for key in (_COLUMNS, _WORDS)}
    if not all(
        isinstance(one, list) and all(isinstance(text, str) for text in one)
        for one in lists.values()
    ):
        yield f'{_OPINIONS}：{_COLUMNS}、{_WORDS}应是一组文字，如 {_COLUMNS} = ["单位编码 = 编码", "审核结果"]'
        return
    for text in lists[_COLUMNS]:
        if _pair(text)[1] not in OPINION_PARTS:
            yield f"{_OPINIONS}.{_COLUMNS}：“{text}”里等号右边应是{'、'.join(OPINION_PARTS)}中的一个"
    for text in lists[_WORDS]:
        if _pair(text)[0] not in set(Result):
            yield f"{_OPINIONS}.{_WORDS}：“{text}”里等号左边应是{'、'.join(Result)}中的一个"
    if not isinstance(data.get(_SHEET, ""), str):
        yield f"{_OPINIONS}.{_SHEET}：应是文字"


def _mistakes(data: Mapping[str, object]) -> Iterator[str]:
    others = (_YEAR, _FORMAL, _OPINIONS)
    allowed = "、".join([*_FIELDS, *others])
    for key in data:
        if key not in _FIELDS and key not in others:
            yield f"{key}：不认识的项目（可用：{allowed}）"
    if _OPINIONS in data:
        yield from _wrong_opinions(data[_OPINIONS])
    for title in _FIELDS:
        if isinstance(data.get(title), dict | list | bool):
            yield f"{title}：应是文字或日期"
    if not isinstance(data.get(_FORMAL, False), bool):
        yield f"{_FORMAL}：应是 true（发正式函，文号留空）或 false（发反馈单）"
    year = data.get(_YEAR)
    if year is not None and (type(year) is not int or not 1990 <= year <= 2200):
        yield f"{_YEAR}：应是四位年份，如 2023"


def _syntax_mistake(error: str) -> str:
    place = re.search(r"at line (\d+), column (\d+)", error)
    where = f"第 {place[1]} 行第 {place[2]} 个字附近" if place else "文件末尾附近"
    return f'{where}写法不对。每行应是：名称 = "内容"，内容两边用英文双引号'


def text_of_setting(value: object) -> str:
    """Return a setting as text, a date as 2024年3月20日."""
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)
