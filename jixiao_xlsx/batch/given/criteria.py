"""criteria.toml: the bureau's 复核口径, the clauses by which reviewers deduct."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from jixiao_xlsx.intake.bureau_file import bureau_toml
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.values.scores import Clause

CRITERIA_FILE = "criteria.toml"
_CLAUSES = "条款"
_CODE, _WORDING, _OFF, _EVIDENCE = "编号", "内容", "扣分", "佐证"
_KEYS = (_CODE, _WORDING, _OFF, _EVIDENCE)
_NUMBER = r"(\d{1,3}(?:\.\d{1,4})?)"
_RANGE = re.compile(rf"{_NUMBER}(%|分)?(?:[-–—~～至到]{_NUMBER})?(%|分)")
_LONGEST = 60
_MOST = 200


def read_criteria(path: Path) -> tuple[Clause, ...]:
    """Read criteria.toml. Raises InputError naming every mistake."""
    data = bureau_toml(path)
    listed = data.get(_CLAUSES)
    unknown = [key for key in data if key != _CLAUSES]
    if unknown or not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        words = f"应写成几段 [[{_CLAUSES}]]，每段有 {'、'.join(_KEYS)}"
        raise InputError(path.name, [words])
    if mistakes := [*_mistakes(listed)]:
        raise InputError(path.name, mistakes)
    return tuple(_clause(one) for one in listed)


def _mistakes(listed: list[Mapping[str, object]]) -> Iterator[str]:
    codes: set[str] = set()
    if len(listed) > _MOST:
        yield f"有 {len(listed)} 条，最多 {_MOST} 条"
    for number, one in enumerate(listed, 1):
        where = f"第 {number} 条"
        for key in one:
            if key not in _KEYS:
                yield f"{where}：不认识的项目“{key}”（可用：{'、'.join(_KEYS)}）"
        code, wording = (str(one.get(key, "")).strip() for key in (_CODE, _WORDING))
        if not code or not wording:
            yield f"{where}：{_CODE}和{_WORDING}都要填"
        if " " in code or code in codes:
            yield f"{where}：{_CODE}“{code}”重复，或里面有空格"
        codes.add(code)
        if len(wording) > _LONGEST:
            yield f"{where}：{_WORDING}有 {len(wording)} 个字，最多 {_LONGEST} 个"
        if set("*?~") & set(code + wording):
            yield f"{where}：{_CODE}和{_WORDING}里不要用 * ? ~（表格里当作通配符）"
        if _range(one) is None:
            yield f"{where}：{_OFF}应写成“10%-30%”（占分值）、“20%”、“1-2分”或“1分”，前小后大"
        if not isinstance(one.get(_EVIDENCE, False), bool):
            yield f"{where}：{_EVIDENCE}应是 true（要写佐证编号）或 false"


def _range(one: Mapping[str, object]) -> tuple[Fraction, Fraction, bool] | None:
    """Return the least and most deduction, and whether they are shares of the weight."""
    match = _RANGE.fullmatch(re.sub(r"\s", "", str(one.get(_OFF, ""))))
    if not match or match[2] not in {None, match[4]}:
        return None
    low, high = Fraction(match[1]), Fraction(match[3] or match[1])
    share = match[4] == "%"
    if low > high or (share and high > 100):
        return None
    return (low / 100, high / 100, True) if share else (low, high, False)


def _clause(one: Mapping[str, object]) -> Clause:
    found = _range(one)
    assert found is not None, "mistakes are listed before"
    code, wording = (str(one[key]).strip() for key in (_CODE, _WORDING))
    return Clause(code, wording, *found, bool(one.get(_EVIDENCE, False)))
