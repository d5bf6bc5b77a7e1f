"""NAR108: what the written report says there is, or is not; and how the rules on words quote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jixiao_xlsx.checking.bases import SAME_AS_TABLES
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.facts import Story
from jixiao_xlsx.prose.language.clauses import Passage, read
from jixiao_xlsx.prose.language.scope import OTHERS, THIS
from jixiao_xlsx.prose.language.vocabulary import UNSURE, Lexicon, Vocabulary
from jixiao_xlsx.prose.rules.figures import MISSING
from jixiao_xlsx.values.findings import Severity, Skipped


def at(source: Passage, start: int, end: int, item: str, message: str, **more: object) -> Flag:
    """A flag at a passage, with the words from `start` to `end`."""
    quote = source.text[start:end].replace(UNSURE, "").strip("，、；：。,;: \n")
    return Flag(source.place, item, source.title, quote, message, **more)  # type: ignore[arg-type]


def quoted(text: str) -> str:
    """Words of the report, to stand in quotation marks."""
    return text.replace("“", "「").replace("”", "」").strip("，、；：。,;: \n")


@cache
def any_of(words: tuple[str, ...]) -> str:
    """A pattern of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@rule(
    "NAR108",
    "文字称没有、称有与表内不符",
    severity=Severity.ERROR,
    basis=SAME_AS_TABLES,
    relations=("C70", "C62"),
)
def said_to_be_absent(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文说“没有项目支出”“无上级下达资金”，表里却有金额；或说费用“在公务用车购置费中列支”，表里这项却是 0。

    改法：核对有没有这项收支，改文字或改表。
    """
    story, known = evidence.story, evidence.vocabulary
    if story is None or known is None:
        yield Skipped(MISSING)
        return
    for source in story.passages:
        lexicon = story.lexicon or known.lexicon
        told = [(start, start, end, item) for start, end, item in _absences(source, known, lexicon)]
        told += [
            (end, start, end, item) for start, end, item in _absences_after(source, known, lexicon)
        ]
        for at_which, start, end, item in told:
            scope = story.scope(source, at_which)
            if scope.owner == OTHERS or scope.period not in {"", THIS}:
                continue
            yards = [
                yard for role in ("execution", "budget") for yard in evidence.yards.of(item, role)
            ]
            yield Looked(1)
            if yards and all(yard.atoms for yard in yards) and yards[0].atoms:
                quote = quoted(source.text[start:end])
                words = f"正文写“{quote}”，{yards[0].where}是 {yards[0].shown}。请核对后改成一致。"
                related = tuple(cell.place for yard in yards for cell in yard.cells)
                yield at(
                    source,
                    start,
                    end,
                    item,
                    words,
                    expected=yards[0].shown,
                    difference=yards[0].shown,
                    related=related,
                )

        yield from _said_to_be_there(evidence, story, known, source)


def _said_to_be_there(
    evidence: ProseEvidence, story: Story, known: Vocabulary, source: Passage
) -> Iterator[Observation]:
    """“……在公务用车购置费中列支”, where the table has 0."""
    for match in known.listed.finditer(source.folded) if known.listed else ():
        what, scope = match["what"] or match["that"], story.scope(source, match.start())
        found = known.lexicon.at(what, 0)
        if found is None or found[1].kind not in {"item", "subject"} or found[0] != what:
            continue
        clauses = re.split(r"(?<=[。;\n，,])", source.folded[: match.start()])
        if (
            scope.owner == OTHERS
            or scope.period not in {"", THIS}
            or re.search("(?<!相)应|不得|可|未|拟|严禁|禁止|如", clauses[-1])
        ):
            continue
        yards = evidence.yards.of(found[1].name, "execution")
        yield Looked(1)
        if yards and not any(yard.atoms for yard in yards):
            start = match.start() - sum(
                map(
                    len,
                    clauses[-2:] if clauses[-2:-1] and clauses[-2][-1] in "，," else clauses[-1:],
                )
            )
            words = f"正文写“{quoted(source.text[start : match.end()])}”，{yards[0].where}是 0。请核对后改成一致。"
            related = tuple(cell.place for yard in yards for cell in yard.cells)
            yield at(
                source, start, match.end(), found[1].name, words, expected="0", related=related
            )


@cache
def _absence_pattern(absent: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        f"(?P<no>{any_of(absent)})(?P<what>[^，,。;:!?()\n]{{2,30}})(?=[，,。;:!?()\n]|$)"
    )


def _is_plain(clause: str, lexicon: Lexicon) -> bool:
    """Whether nobody and nothing narrower is the subject of “没有”."""
    words = read(clause, lexicon)[0]
    return words is not None and not any(
        word.kind in {"item", "subject", "rate", "indicator"} for word in words
    )


def _absences(
    source: Passage, known: Vocabulary, lexicon: Lexicon
) -> Iterator[tuple[int, int, str]]:
    """Every “没有 …” whose object is an item of the form and nothing else."""
    pattern = _absence_pattern(known.words["absent"])
    doubtful = known.words["hypothetical"]
    for match in pattern.finditer(source.folded):
        before = re.split(r"[。;!?\n]", source.folded[: match.start()])[-1]
        clause = re.split(r"[，,:]", before)[-1]
        if (
            any(word in clause for word in doubtful)
            or clause.endswith(("有", "中", "并"))
            or not _is_plain(clause, lexicon)
        ):
            continue
        fiscal = any(word.kind == "fiscal" for word in read(clause, lexicon)[2])
        earlier = before[: len(before) - len(clause)]
        if any(word.kind == "subject" for word in read(earlier, lexicon)[2]):
            continue  # “甲、乙全是人员经费，没有公用经费”
        position, what = 0, match["what"]
        named: list[str] = []
        while position < len(what):
            filler = next(
                (word for word in known.words["absent_fillers"] if what.startswith(word, position)),
                "",
            )
            found = known.lexicon.at(what, position)
            if found and found[1].kind in {"item", "subject"} and len(found[0]) >= len(filler):
                named.append(found[1].name)
                position += len(found[0])
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
        f"*(?:{any_of(absent)})(?=[，,。;\n]|$)"
    )


def _absences_after(
    source: Passage, known: Vocabulary, lexicon: Lexicon
) -> Iterator[tuple[int, int, str]]:
    """Every item of “因公出国（境）费、公务接待费未发生”, where nothing else is said of them."""
    for match in _absence_after_pattern(known.words.get("absent_after", ())).finditer(
        source.folded
    ):
        words = read(match["what"], lexicon)[0]
        if words is None or any(
            word.kind not in {"item", "subject", "filler", "ours"} for word in words
        ):
            continue
        if not any(word in match["what"] for word in known.words["hypothetical"]):
            yield from (
                (match.start(), match.end(), word.name)
                for word in words
                if word.kind in {"item", "subject"}
            )
