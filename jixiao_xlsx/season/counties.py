"""Several counties side by side: what each one's season.json tells of it, and what does not fit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any

from jixiao_xlsx.season.rounds.earlier_round import record_in, report_of
from jixiao_xlsx.values.findings import FindingState, Result
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.work import Record

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department of a county, or a project of it: totals in 分, the money at stake in 元.

    `rules` counts its findings by rule and state; `file` is the digest of its workbook.
    """

    department: str
    code: str
    item: str
    office: str
    own: Decimal | None
    total: Decimal | None
    grade: str
    result: str
    errors: int
    warnings: int
    stake: Decimal | None
    rules: Mapping[str, int] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True, slots=True)
class County:
    """A county's season: `source` is the folder it was read from, `form` id and version.

    `due` None: it gave no roster. `damaged` counts records that could not be read; `stakes` False:
    an older program wrote it, which kept no amounts.
    """

    name: str
    source: str
    year: int | None
    form: tuple[str, str]
    due: int | None
    missing: tuple[str, ...]
    lines: tuple[DepartmentLine, ...]
    damaged: int = 0
    stakes: bool = True

    @property
    def departments(self) -> Mapping[str, DepartmentLine]:
        """Return one line of each department: findings are the same on all of its lines."""
        return {one.department: one for one in self.lines}


def county_of(document: Mapping[str, Any], source: str) -> County:
    """Return the county that a season.json is of; `source` names its folder."""
    records = [record_in(one) for one in _listed(document.get("entries"))]
    roster = _listed(document.get("roster"))
    offices = _offices(roster)
    year = document.get("year")
    missing = {str(name) for name in document.get("missing") or ()}
    found = [one for one in records if one is not None and one.department not in missing]
    return County(
        str(document.get("bureau") or "") or source,
        source,
        year if isinstance(year, int) else None,
        _form_of(document),
        len(roster) or None,
        tuple(sorted(missing)),
        tuple(chain.from_iterable(_lines(one, offices.get(one.department, "")) for one in found)),
        sum(one is None for one in records),
        all("stake" in finding for one in found for finding in one.findings),
    )


def _offices(roster: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    return {str(one.get("name", "")): str(one.get("office", "")) for one in roster}


def _form_of(document: Mapping[str, Any]) -> tuple[str, str]:
    template = document.get("template")
    form = template if isinstance(template, dict) else {}
    return str(form.get("id", "")), str(form.get("version", ""))


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _lines(record: Record, office: str) -> Iterator[DepartmentLine]:
    report = report_of(record)
    open_ = [one for one in record.findings if one["state"] == FindingState.OPEN.value]
    gaps = [gap for one in open_ if (gap := _number(one.get("stake"))) is not None]
    rules = Counter(f"{one['code']}|{one['state']}" for one in record.findings)
    # a decision that leaves a finding open returns it
    result = Result.RETURN if any(one.get("action") for one in open_) else report.result
    for card in record.scores or ({},):
        yield DepartmentLine(
            record.department,
            record.code,
            str(card.get("item", "")),
            office,
            _number(card.get("self_total")),
            _number(card.get("shown", card.get("total"))),
            str(card.get("grade", "")),
            result.value,
            report.count(Severity.ERROR),
            report.count(Severity.WARNING),
            max(gaps, default=None),
            dict(sorted(rules.items())),
            record.sha256.partition("|")[0],
        )


def _number(text: object) -> Decimal | None:
    try:
        return Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None


# ---------------------------------------------------------------------------------------- together


def what_does_not_fit(counties: Sequence[County]) -> Iterator[str]:
    """Yield in words what a reader of the whole must know: none of it is settled in silence."""
    for name, several in _grouped((one.name, one) for one in counties):
        if len(several) > 1:
            sources = "、".join(f"“{one.source}”" for one in several)
            yield f"{sources}都写着“{name}”：各作一行，没有合并；是同一个局的，请只留一份。"
    yield from _by_files(counties)
    yield from _differing(
        "评价年度", ((str(one.year or "没有写"), one) for one in counties), "不宜放在一起比"
    )
    forms = ((" ".join(one.form).strip() or "没有写", one) for one in counties)
    yield from _differing("表单", forms, "指标和规则不同，分数、问题数不宜直接比")
    for one in counties:
        if one.damaged:
            yield f"{one.name}有 {one.damaged} 个部门的记录读不懂，没有计入。"
        if one.due is None:
            yield f"{one.name}的结果里没有名册，不知道应报多少、谁没有报。"
        if not one.stakes:
            yield f"{one.name}的结果是较早的版本写的，没有记涉及金额；请用现在的版本再运行一次。"


def _by_files(counties: Sequence[County]) -> Iterator[str]:
    """Yield a line for workbooks that count in two counties."""
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for county in counties:
        for one in county.departments.values():
            if one.file:
                places[one.file].append((county.name, one.department))
    for several in places.values():
        if len(several) > 1:
            listed = "、".join(f"{county}的{department}" for county, department in several)
            yield f"{listed}是同一个工作簿，几处都计了。"


def _differing(what: str, values: Iterable[tuple[str, County]], consequence: str) -> Iterator[str]:
    groups = _grouped(values)
    if len(groups) > 1:
        said = "；".join(
            f"{value}：{'、'.join(one.name for one in several[:_SHOWN])}"
            + (f"等 {len(several)} 个" if len(several) > _SHOWN else "")
            for value, several in groups
        )
        yield f"{what}不一样（{said}），{consequence}。"


def _grouped(pairs: Iterable[tuple[str, County]]) -> list[tuple[str, list[County]]]:
    groups: dict[str, tuple[str, list[County]]] = {}
    for value, county in pairs:
        groups.setdefault(tidy(value), (value, []))[1].append(county)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule over all counties: departments that it hit, its findings by state, by county."""

    code: str
    departments: int
    counties: int
    states: Mapping[FindingState, int]


def rules_of(counties: Sequence[County]) -> list[RuleLine]:
    """Return one line per rule that found something, those that hit most departments first."""
    departments: Counter[str] = Counter()
    where: dict[str, set[int]] = defaultdict(set)
    states: dict[str, Counter[FindingState]] = defaultdict(Counter)
    for at, county in enumerate(counties):
        for line in county.departments.values():
            for code in {key.partition("|")[0] for key in line.rules}:
                departments[code] += 1
                where[code].add(at)
            for key, number in line.rules.items():
                code, _, state = key.partition("|")
                states[code][FindingState(state)] += number
    lines = [RuleLine(c, n, len(where[c]), dict(states[c])) for c, n in departments.items()]
    return sorted(lines, key=lambda one: (-one.departments, one.code))
