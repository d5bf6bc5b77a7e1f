"""NAR108: things the report states as absent or present; quotations for all rules on words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jixiao_xlsx.checking.bases import SAME_AS_TABLES
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Passage, parse_lead
from jixiao_xlsx.prose.language.scope import OTHERS, THIS
from jixiao_xlsx.prose.language.vocabulary import UNSURE, Lexicon, Vocabulary
from jixiao_xlsx.prose.rules.figures import NO_REPORT
from jixiao_xlsx.prose.statements import ReportStatements
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity


def flag_passage(
    source: Passage, start: int, end: int, item: str, problem: str, demand: str = "", **more: object
) -> Flag:
    """Return a flag at a passage, with the words from `start` to `end`."""
    quote = source.text[start:end].replace(UNSURE, "").strip("，、；：。,;: \n")
    more = {"demand": demand, **more}
    return Flag(source.place, item, source.title, quote, problem, **more)  # type: ignore[arg-type]


def short_quote(text: str) -> str:
    """Return words of the report, to stand in quotation marks."""
    return text.replace("“", "「").replace("”", "」").strip("，、；：。,;: \n")


@cache
def alternatives(words: tuple[str, ...]) -> str:
    """Return a pattern of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@rule(
    "NAR108",
    "文字称没有、称有与表内不符",
    severity=Severity.ERROR,
    basis=SAME_AS_TABLES,
    relations=("C70", "C62"),
)
def stated_as_absent(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文说“没有项目支出”“无上级下达资金”，表里却有金额；或说费用“在公务用车购置费中列支”，表里这项却是 0。

    改法：核对有没有这项收支，改文字或改表。
    """
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None:
        yield Skipped(NO_REPORT)
        return
    for source in statements.passages:
        lexicon = statements.lexicon or vocabulary.lexicon
        statements_found = [
            (start, start, end, item) for start, end, item in _absences(source, vocabulary, lexicon)
        ]
        statements_found += [
            (end, start, end, item)
            for start, end, item in _absences_after(source, vocabulary, lexicon)
        ]
        for at_which, start, end, item in statements_found:
            scope = statements.scope(source, at_which)
            if scope.owner == OTHERS or scope.period not in {"", THIS}:
                continue
            figures = [
                figure
                for role in ("execution", "budget")
                for figure in evidence.table_figures.of(item, role)
            ]
            yield Looked(1)
            if figures and all(figure.atoms for figure in figures) and figures[0].atoms:
                quote = short_quote(source.text[start:end])
                words = f"正文写“{quote}”，{figures[0].where}是 {figures[0].display_text}。"
                related = tuple(cell.place for figure in figures for cell in figure.cells)
                yield flag_passage(
                    source,
                    start,
                    end,
                    item,
                    words,
                    "请核对后改成一致。",
                    expected=figures[0].display_text,
                    difference=figures[0].display_text,
                    related=related,
                )

        yield from _stated_as_present(evidence, statements, vocabulary, source)


def _stated_as_present(
    evidence: ProseEvidence, statements: ReportStatements, vocabulary: Vocabulary, source: Passage
) -> Iterator[Observation]:
    """Yield statements of spending where the table has 0: “……在公务用车购置费中列支”."""
    for match in vocabulary.listed.finditer(source.folded) if vocabulary.listed else ():
        what, scope = match["what"] or match["that"], statements.scope(source, match.start())
        hit = vocabulary.lexicon.at(what, 0)
        if hit is None or hit[1].kind not in {"item", "subject"} or hit[0] != what:
            continue
        clauses = re.split(r"(?<=[。;\n，,])", source.folded[: match.start()])
        if (
            scope.owner == OTHERS
            or scope.period not in {"", THIS}
            or re.search("(?<!相)应|不得|可|未|拟|严禁|禁止|如", clauses[-1])
        ):
            continue
        figures = evidence.table_figures.of(hit[1].name, "execution")
        yield Looked(1)
        if figures and not any(figure.atoms for figure in figures):
            start = match.start() - sum(
                map(
                    len,
                    clauses[-2:] if clauses[-2:-1] and clauses[-2][-1] in "，," else clauses[-1:],
                )
            )
            words = (
                f"正文写“{short_quote(source.text[start : match.end()])}”，{figures[0].where}是 0。"
            )
            related = tuple(cell.place for figure in figures for cell in figure.cells)
            yield flag_passage(
                source,
                start,
                match.end(),
                hit[1].name,
                words,
                "请核对后改成一致。",
                expected="0",
                related=related,
            )


@cache
def _absence_pattern(absent: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        f"(?P<no>{alternatives(absent)})(?P<what>[^，,。;:!?()\n]{{2,30}})(?=[，,。;:!?()\n]|$)"
    )


def _is_plain(clause: str, lexicon: Lexicon) -> bool:
    """Return whether “没有” has no narrower subject than the department."""
    words = parse_lead(clause, lexicon)[0]
    return words is not None and not any(
        word.kind in {"item", "subject", "rate", "indicator"} for word in words
    )


def _absences(
    source: Passage, vocabulary: Vocabulary, lexicon: Lexicon
) -> Iterator[tuple[int, int, str]]:
    """Yield every “没有 …” whose object is an item of the form and nothing else."""
    pattern = _absence_pattern(vocabulary.words["absent"])
    doubtful = vocabulary.words["hypothetical"]
    for match in pattern.finditer(source.folded):
        before = re.split(r"[。;!?\n]", source.folded[: match.start()])[-1]
        clause = re.split(r"[，,:]", before)[-1]
        if (
            any(word in clause for word in doubtful)
            or clause.endswith(("有", "中", "并"))
            or not _is_plain(clause, lexicon)
        ):
            continue
        fiscal = any(word.kind == "fiscal" for word in parse_lead(clause, lexicon)[2])
        earlier = before[: len(before) - len(clause)]
        if any(word.kind == "subject" for word in parse_lead(earlier, lexicon)[2]):
            continue  # “甲、乙全是人员经费，没有公用经费”
        position, what = 0, match["what"]
        named: list[str] = []
        while position < len(what):
            filler = next(
                (
                    word
                    for word in vocabulary.words["absent_fillers"]
                    if what.startswith(word, position)
                ),
                "",
            )
            hit = vocabulary.lexicon.at(what, position)
            if hit and hit[1].kind in {"item", "subject"} and len(hit[0]) >= len(filler):
                named.append(hit[1].name)
                position += len(hit[0])
            elif filler or what[position] in " “”":
                position += max(len(filler), 1)
            elif what.startswith("支出", position) or what.startswith("资金", position):
                position += 2
            else:
                named = []
                break
        named = [
            f"财政拨款{name}" if fiscal else name for name in named
        ]  # “财政拨款年末无结转结余”
        yield from ((match.start(), match.end(), name) for name in dict.fromkeys(named))


@cache
def _absence_after_pattern(absent: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        f"(?:^|(?<=[，,。;:\n]))(?P<what>[^，,。;:!?\n\\d]{{2,40}}?)(?:全年|本年|当年|均|都|也|皆)"
        f"*(?:{alternatives(absent)})(?=[，,。;\n]|$)"
    )


def _absences_after(
    source: Passage, vocabulary: Vocabulary, lexicon: Lexicon
) -> Iterator[tuple[int, int, str]]:
    """Yield every item of “因公出国（境）费、公务接待费未发生”, where nothing else is stated of them."""
    for match in _absence_after_pattern(vocabulary.words.get("absent_after", ())).finditer(
        source.folded
    ):
        words = parse_lead(match["what"], lexicon)[0]
        if words is None or any(
            word.kind not in {"item", "subject", "filler", "ours"} for word in words
        ):
            continue
        if not any(word in match["what"] for word in vocabulary.words["hypothetical"]):
            yield from (
                (match.start(), match.end(), word.name)
                for word in words
                if word.kind in {"item", "subject"}
            )
