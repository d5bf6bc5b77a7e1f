"""Things counted that are not on the form (“退休人员 17 人”, “9 个二级项目”): stated twice or added up.

Only their words are known. So two tallies are the same only if their names are equal, letter by
letter, and neither is part of a comparison, of another year or of another body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from jixiao_xlsx.prose.language.clauses import Passage, parse_lead
from jixiao_xlsx.prose.language.scope import THIS
from jixiao_xlsx.prose.language.vocabulary import Lexicon
from jixiao_xlsx.prose.statements import ReportStatements

_UNITS = "万元|亿元|元|人次|批次|人|名|个|次|项|件|场|户|家|台|套|辆|份|篇|期|条|处"
_TALLY = re.compile(
    rf"(?<![\d.,第A-Za-z])(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?P<unit>{_UNITS})(?!左右|以上|以下|以内|多|余)"
)
_BREAK = re.compile(r"[，,;:。!?()\n、]")
_OPENING = re.compile(
    r"^.*(?:我[一-龥]|本[局办委院校]|单位|现有|共有|共计|(?<!公)共|全体|全部|全年|本次|涉及|开展|完成|实施|组织|[了对在有年])",
    re.MULTILINE,
)
_CLOSING = re.compile(
    r"(?:全年|年末|共计|合计|共|发放|实际支出|实际|支出|投入|执行|达到|达|为|是|有|总数|数量)+$"
)
_SINGLED_OUT = re.compile(
    "其中|新增|增|减|降|比|较|上年|去年|目标|计划|每|约|近|累计|余|另|分别|平均|首批|第"
)
_WHOLE = re.compile("(?:上述|以上|这|该|全部|所有|全年|本次|我[一-龥]|本[局办委院校]|对|在)*")
_SAME = {"名": "人"}
_SHORTEST = 4
_SUM = re.compile(
    r"(?P<parts>(?:[一-龥]{0,14}\d{1,12}(?P<unit>个|人次|批次|次|项|件|场|户|家|人|名|份)、)"
    r"{1,20}[一-龥]{0,14}\d{1,12}(?P=unit))[，,]?(?:(?:合计|共计|总计|共)[一-龥]{0,2})(?P<total>\d+)(?P=unit)"
)


_SERIES = re.compile(
    r"(?P<parts>(?:第[一-龥]{2,8}\d{1,12}(?P<unit>人次|批次|个|项|件|场|户|家|人|名|份)[、，])"
    r"{1,20}第[一-龥]{2,8}\d{1,12}(?P=unit))[，,、]?(?:合计|共计|总计|共)[一-龥]{0,2}(?P<total>\d+)(?P=unit)"
)  # “第一期 52 人，第二期 48 人，共培训 100 人”


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of things and where it is written; `name` the words before it, or "" where they come
    after.
    """

    passage: Passage
    start: int
    end: int
    name: str
    value: Decimal
    unit: str
    after: str

    @property
    def quote(self) -> str:
        """The number with the words it counts."""
        start, end = (
            (self.start - len(self.name), self.end) if self.name else (self.start, self.end + 8)
        )
        return re.split("[，。]", self.passage.text[max(start, 0) : end])[0]

    @property
    def numeral(self) -> str:
        """As it is written."""
        return self.passage.text[self.start : self.end]


def disagreeing_tallies(
    statements: ReportStatements, lexicon: Lexicon
) -> Iterator[tuple[Tally, Tally]]:
    """Yield pairs of tallies of the same things with different numbers, the earlier first."""
    first: dict[tuple[str, str], Tally] = {}
    known = {
        (id(fact.mention.passage), fact.mention.start) for fact in statements.facts if fact.items
    }
    for tally in _tallies(statements):
        if (id(tally.passage), tally.start) in known or (
            tally.name and parse_lead(tally.name, lexicon)[0] is not None
        ):
            continue  # the form knows it
        before = (
            first.get((tally.name.replace("的", ""), tally.unit))
            if tally.name
            else _meant(tally, first)
        )
        if before is not None and before.value != tally.value:
            yield before, tally
        elif before is None and tally.name:
            first[tally.name.replace("的", ""), tally.unit] = tally


def _meant(tally: Tally, first: Mapping[tuple[str, str], Tally]) -> Tally | None:
    """Return the earlier tally of the thing counted: that of 二级项目 for “9 个二级项目均……”."""
    return next(
        (
            one
            for (name, unit), one in first.items()
            if unit == tally.unit and tally.after.startswith(name)
        ),
        None,
    )


def _tallies(statements: ReportStatements) -> Iterator[Tally]:
    for source in statements.passages:
        for match in _TALLY.finditer(source.folded):
            clause = _BREAK.split(source.folded[: match.start()])[-1]
            after = source.folded[match.end() : match.end() + 20].removeprefix("的")
            scope = statements.scope(source, match.start() - len(clause))
            if scope.foreign or scope.period not in {"", THIS} or _SINGLED_OUT.search(clause):
                continue
            unit = _SAME.get(match["unit"], match["unit"])
            value = Decimal(match["number"].replace(",", ""))
            for own in statements.names:
                clause = clause.rpartition(own)[2]
            name = _CLOSING.sub("", _OPENING.sub("", _CLOSING.sub("", clause)))
            if len(name) >= _SHORTEST and not re.search(r"\d", name):
                yield Tally(source, match.start(), match.end(), name, value, unit, after)
            elif re.search(r"\d", clause):
                continue
            elif (
                lead := _WHOLE.sub("", clause, count=1).removesuffix("的")
            ) == "" or clause.endswith("的"):
                yield Tally(
                    source, match.start(), match.end(), "", value, unit, lead + after
                )  # “内设的 14 个股室”


_ROOMS = re.compile(r"(?P<verb>内设|下设|下辖|设有)(?:的)?(?P<number>\d+)个(?P<name>[一-龥]{2,8})")


def rooms(
    statements: ReportStatements,
) -> Iterator[tuple[Passage, re.Match[str], re.Match[str], Passage]]:
    """Yield a number of offices with a later, different one: “内设 9 个股室”, “内设 11 个股室职责有交叉”."""
    first: dict[str, tuple[Passage, re.Match[str]]] = {}
    for source in statements.passages:
        for match in _ROOMS.finditer(source.folded):
            around = source.folded[max(match.start() - 10, 0) : match.start()]
            if statements.scope(source, match.start()).foreign or re.search(
                "原|改革|调整|合并", around
            ):
                continue
            passage, before = first.setdefault(match["verb"], (source, match))
            if match["name"].startswith(before["name"]) and match["number"] != before["number"]:
                yield passage, before, match, source


def sums(statements: ReportStatements) -> Iterator[tuple[Passage, re.Match[str], int]]:
    """Yield the match of “A 类 12 个、B 类 11 个，共 23 个” and the sum of its parts."""
    for source in statements.passages:
        series = list(_SERIES.finditer(source.folded))
        within = [(one.start(), one.end()) for one in series]
        for match in (*series, *_SUM.finditer(source.folded)):
            if match.re is _SERIES or not any(
                start <= match.start() < end for start, end in within
            ):
                yield source, match, sum(map(int, re.findall(r"\d+", match["parts"])))


_OF_BEFORE = re.compile(
    rf"(?<![\d.])(?P<part>\d+(?:\.\d+)?)(?P<unit>{_UNITS})[，,](?P<verb>[一-龥]{{2}})率(?:为|"
    rf"达|达到)?(?P<rate>\d+(?:\.\d+)?)%"
)


def ratios(statements: ReportStatements) -> Iterator[tuple[Passage, int, re.Match[str], str]]:
    """Yield the start, the match and the only possible whole of a share: “发现问题 64 个，已整改 61 个，整改率
    95.31%”.
    """
    for source in statements.passages:
        for match in _OF_BEFORE.finditer(source.folded):
            start = max(source.folded.rfind(stop, 0, match.start()) for stop in "。;\n") + 1
            before = source.folded[start : match.start()]
            named = re.search(
                rf"[，,(](?:已|其中)?{match['verb']}(?:完成|到位|落实|金额|资金)?$", before
            )
            wholes = re.findall(
                rf"(?<![\d.])(\d+(?:\.\d+)?){match['unit']}",
                before[: named.start()] if named else "",
            )
            if len(wholes) == 2 and Decimal(wholes[0]) - Decimal(wholes[1]) == Decimal(
                match["part"]
            ):
                wholes.pop()  # “预算 65 万元，执行 62.7 万元，节约 2.3 万元，节约率……”
            if len(wholes) == 1 and not re.search("(?<!节)约|近|余|超|多", before):
                yield source, start, match, wholes[0]


_DONE = re.compile(
    rf"计划[^，,。;\d]{{0,14}}(?P<planned>\d+)(?P<unit>{_UNITS})[^，,。;]{{0,4}}[，,]实际(?:完成)"
    rf"?[^，,。;\d]{{0,10}}(?P<done>\d+)(?P=unit)"
    r"[^，,。;]{0,4}[，,]完成率(?:为|达|达到)?(?P<rate>\d+(?:\.\d+)?)%"
)


def rates(statements: ReportStatements) -> Iterator[tuple[Passage, re.Match[str]]]:
    """Yield completion rates of counted things: “计划检查 12 家，实际检查 9 家，完成率 75%”."""
    for source in statements.passages:
        for match in _DONE.finditer(source.folded):
            if int(match["planned"]):
                yield source, match
