"""Owner and period of a sentence: own figures of the year, another body's, another time's.

Words like “全县”, “下属单位”, “县教育局”, “……项目”, “2022年”, “截至6月底” hold for what follows them, until “我单位” or
another year is named, the bracket is closed, or the sentence ends. The owner of a paragraph's
earlier sentence or of its heading is carried on, but only as a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from jixiao_xlsx.prose.language.vocabulary import Endings, Scoping

OURS, OTHERS = "ours", "others"
THIS, PREVIOUS, OTHER = "this", "previous", "other"
_NAME = "\ue000"  # stands for every letter of the department's own name
_ALONE = re.compile(
    "(?<![一-龥])|(?<=[经由报向受在对与和及的被按据为是到从于请让该即年])"
)  # where a short name begins
_LINE = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"[^。!?\n]+[。!?]?")
_LONGEST_HEADING = 40
_NUMBERED = tuple(
    map(
        re.compile,
        (r"[一二三四五六七八九十]+、", r"\([一二三四五六七八九十]+\)", r"\d+[.、]", r"\(\d+\)"),
    )
)
_AMOUNT = re.compile(r"\d\s*(?:亿元|万元|元|%|人|名|份)")


class StatementScope(NamedTuple):
    """`owner`: "" (not stated), ours, others; `named`: the body named. `period`: "" (not stated),
    this, previous, other.

    `carried`: the owner was named in an earlier sentence; `hinted`: the period was named in a
    heading or before “；”.
    """

    owner: str = ""
    named: str = ""
    period: str = ""
    carried: bool = False
    hinted: bool = False

    @property
    def foreign(self) -> bool:
        """Return whether another body is named in this sentence."""
        return self.owner == OTHERS and not self.carried

    @property
    def doubtful(self) -> bool:
        """Return whether an earlier sentence was about another body."""
        return self.owner == OTHERS and self.carried


@dataclass(frozen=True, slots=True)
class ScopedLine:
    """A line of a text: where it starts, and what holds from which position on."""

    marks: tuple[tuple[int, StatementScope], ...]

    def at(self, position: int) -> StatementScope:
        """Return what holds just before a position."""
        held = StatementScope()
        for start, scope in self.marks:
            if start > position:
                break
            held = scope
        return held


class Reader:
    """Reads the scopes of texts one after the other, remembering the headings they stand under."""

    def __init__(self, scoping: Scoping, names: tuple[str, ...], year: int | None) -> None:
        self._markers = _markers(scoping)
        known = sorted(filter(None, names), key=len, reverse=True)
        self._full = known[0] if known else ""
        self._names = re.compile("|".join(map(re.escape, known))) if known else None
        self._year = year
        self._headings: list[
            tuple[int, StatementScope]
        ] = []  # those that hold, from the highest down
        self._title = ""

    def read(self, text: str, title: str) -> ScopedLine:
        """Return what holds where in a folded text under a title."""
        if title != self._title:
            self._title = title
            self._leave(_level(title) or 1)
        hidden = self._names.sub(self._hidden, text) if self._names else text
        marks: list[tuple[int, StatementScope]] = []
        for line in _LINE.finditer(hidden):
            level = _level(line.group())
            if level:
                self._leave(level)
            before = self._headings[-1][1] if self._headings else StatementScope()
            for sentence in _SENTENCE.finditer(hidden, line.start(), line.end()):
                scopes = list(self._sentence(hidden, sentence.start(), sentence.end(), before))
                marks += scopes
                before = _carried(
                    scopes, before, hidden[sentence.start() : sentence.end()], sentence.start()
                )
            if level:
                self._headings.append(
                    (
                        level,
                        before._replace(hinted=bool(before.period), carried=before.owner == OTHERS),
                    )
                )
        return ScopedLine(tuple(marks))

    def _hidden(self, match: re.Match[str]) -> str:
        """Return the text with the department's name masked; a short form only where it is not the
        end of another body's name.
        """
        name = match.group()
        own = name == self._full or _ALONE.match(match.string, match.start())
        return _NAME * len(name) if own else name

    def _leave(self, level: int) -> None:
        """Forget the headings that do not stand above one of this level."""
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()

    def _sentence(
        self, text: str, start: int, end: int, before: StatementScope
    ) -> Iterator[tuple[int, StatementScope]]:
        scope, outside = before, []
        yield start, scope
        first: StatementScope | None = None
        for match in self._markers.finditer(text, start, end):
            kind, mark = (match.lastgroup or "").rstrip("0123456789"), match.group()
            if mark == "(":
                outside.append(scope)
            elif mark == ")":
                scope = outside.pop() if outside else scope
            elif mark == ";":
                period = first.period if first else ""
                scope = scope._replace(period=period, hinted=period not in {"", THIS})
            elif kind == "ours":
                scope = scope._replace(owner=OURS, named="", carried=False)
            elif kind == "half":
                scope = scope._replace(owner=OTHERS, named=mark, carried=True)
            elif kind in {"others", "body", "venture"}:
                if (kind != "others" or mark[0] not in "全我每人") and _governed(
                    text, start, match.start()
                ):
                    continue
                if _named_in_passing(text, start, match):
                    continue
                scope = scope._replace(
                    owner=OTHERS, named=_around(text, start, match), carried=False
                )
            else:
                scope = scope._replace(period=self._period(kind, mark), hinted=False)
            first = first or scope
            yield match.end(), scope

    def _period(self, kind: str, mark: str) -> str:
        if kind != "year":
            return kind
        named = int(mark[:4])
        if self._year is None or named == self._year:
            return THIS
        return PREVIOUS if named == self._year - 1 else OTHER


def _carried(
    scopes: list[tuple[int, StatementScope]], before: StatementScope, sentence: str, start: int
) -> StatementScope:
    """Return what the next sentence of the paragraph starts from: whom this one was about, before
    its first amount, as a doubt.
    """
    amount = _AMOUNT.search(sentence)
    end = start + (amount.start() if amount else len(sentence))
    owners = [
        scope for position, scope in scopes if scope.owner and not scope.carried and position <= end
    ]
    if not owners:
        return before
    about = owners[0]
    if about.owner == OTHERS and not any(scope.owner == OURS for scope in owners):
        return StatementScope(OTHERS, about.named, carried=True)
    return StatementScope()


def _level(line: str) -> int:
    """Return how high a heading stands, 1 for “一、”; the last for one without a number, 0 for a line
    that is none.
    """
    text = line.strip()
    if (
        len(text) > _LONGEST_HEADING
        or _AMOUNT.search(text)
        or text[-1:] in "。;!?，,"
        or "整体支出" in text
    ):
        return 0
    return next(
        (level for level, style in enumerate(_NUMBERED, 1) if style.match(text)), len(_NUMBERED) + 1
    )


_CLAUSE = re.compile(r"[，,;:。!?\n()]")
_GOVERNED = re.compile(
    "到|赴|深入|根据|按照|依据|遵照|依照|按|贯彻|落实|围绕|向|会同|联合|经|报|受|在|接受|配合|对照|参照|参加|承办|协助|指导"
)


def _governed(text: str, start: int, position: int) -> bool:
    """Return whether the name depends on words like “根据”, “向” and so is not the subject."""
    return bool(_GOVERNED.search(_CLAUSE.split(text[start:position])[-1]))


_AN_EVENT = re.compile(r"[^，,。;\d]{0,14}?(?:会议?|培训班|活动|比赛|竞赛|考试|检查)(?=[，,。;]|$)")
_AS_ONE = re.compile(r"(?:作为|是|系|属于?)(?:[一二三]级|县级|财政|基层)?$")
_IN_APPOSITION = re.compile("[一二三]级")
_BY_THEM = re.compile(r"由[^，,。;\d]{0,12}$")
_DID = re.compile(
    r"[^，,。;\d]{0,10}?(?:实施|开展|组织|承担|完成|测评|评价|调查|负责|编制|牵头)[^，,。;\d]{0,4}(?=[，,。;]|$)"
)


def _named_in_passing(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a clause without a figure names the body, and what follows is not about it:
    “承办全市……现场会，”, “我局作为一级预算单位，”, “由第三方机构实施，”.
    """
    lead = _CLAUSE.split(text[start : match.start()])[-1]
    if match.group() == "年均" and lead.endswith("全"):
        return True  # “全年均没有发生”
    if match.group() in _EVERYWHERE and _AN_EVENT.match(text, match.end()):
        return True
    if (
        match.group() == "预算单位"
        and _IN_APPOSITION.fullmatch(lead)
        and text[match.end() : match.end() + 1] in set("，。,;")
    ):
        return True  # “县财政局地处……，一级预算单位，编制 42 名”
    if _AS_ONE.search(lead) and re.search(f"{_NAME}|我[一-龥]|本[一-龥]", lead):
        return True
    return match.group() == "第三方机构" and bool(
        _BY_THEM.search(lead) and _DID.match(text, match.end())
    )


_EVERYWHERE = {"全县", "全市", "全省", "全国", "全区", "全州", "全旗", "全镇", "全乡", "全系统"}


def _around(text: str, start: int, match: re.Match[str]) -> str:
    """Return the name with the words before it."""
    lead = _CLAUSE.split(text[start : match.start()])[-1]
    return (lead + match.group())[-12:].replace(_NAME, "").strip("、 ")


@cache
def _markers(scoping: Scoping) -> re.Pattern[str]:
    """Return all of them in one pattern, which looks closer only where one of their first letters
    stands.
    """
    compared = "(?<![比较与同由从])(?<!相比)"
    month = r"(?:[1-9]|1[01])月"
    digits = r"(?:度|同期|决算数?|数|完成|实际|执行|支出|预算数?)*(?:为|是|:)?\s*[\d(]"
    span = r"(?:[—\-–~至到]|——)"
    parts = (
        ("ours", f"{_NAME}+|{_any(scoping.ours)}"),
        ("half", _any(scoping.halves)),
        ("others", _any(scoping.others)),
        (
            "other",
            rf"20\d\d年?{span}20\d\d年|20\d\d年(?:、20\d\d年)+|20\d\d年度?(?:上|下)半年|"
            rf"20\d\d年度?第?[一二三四]季度|{_any(scoping.times)}",
        ),
        (
            "other",
            rf"截[至止][^，,。;:]{{0,8}}?(?<!\d){month}(?:底|末|份|\d+日)?|"
            rf"\d{{1,2}}月?{span}\d{{1,2}}月(?:份)?",
        ),
        ("year", rf"{compared}20\d\d年(?:12月(?:31日|底|末)|(?:度)?(?!以来|{digits}))"),
        ("previous", rf"{compared}(?:{_any(scoping.previous)})(?!结转|结余|末结|{digits})"),
        ("this", _any(_THIS)),
        ("venture", "|".join(_ending(one, "[一-龥”]") for one in scoping.ventures)),
        ("body", "|".join(_ending(one, "[一-龥]") for one in scoping.bodies)),
        ("mark", "[();]"),
    )
    ends = [name for one in (*scoping.bodies, *scoping.ventures) for name in one.names]
    listed = (
        scoping.ours,
        scoping.halves,
        scoping.others,
        scoping.times,
        scoping.previous,
        _THIS,
        ends,
    )
    first = "".join(sorted({word[0] for words in listed for word in words}))
    either = "|".join(f"(?P<{name}{n}>{pattern})" for n, (name, pattern) in enumerate(parts))
    return re.compile(rf"(?=[\d截();{_NAME}{re.escape(first)}])(?:{either})")


_THIS = ("本年", "今年", "本期")


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


def _ending(one: Endings, letter: str) -> str:
    """Return one of the names at the end of a longer one, which ends in `letter` before it."""
    before = "".join(f"(?<!{word})" for word in one.not_after.split("|") if word)
    after = f"(?!{one.not_before})" if one.not_before else ""
    return f"(?<={letter}){before}(?:{_any(one.names)}){after}"
