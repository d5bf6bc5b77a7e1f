"""What a sentence disproves by itself, as flags of the rules it falls under: NAR104–107, NAR118."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.rule import Flag, Looked, Observation
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.grid_figures import Misfit
from jixiao_xlsx.prose.language.clauses import Passage
from jixiao_xlsx.prose.proofs.comparisons import Comparison
from jixiao_xlsx.prose.proofs.prove import Proof
from jixiao_xlsx.prose.proofs.tokens import Number
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain

_LONGEST = 120
_BEYOND = 400  # of a line after the number, where a flag may quote it
_QUOTES = str.maketrans("「」", "“”")


def with_proofs(
    evidence: ProseEvidence, kind: str, told: Iterable[Observation]
) -> Iterator[Observation]:
    """Yield what a rule tells, and what sentences disprove by themselves of this kind; where both
    tell of one number, the graver.
    """
    chained = _chained(evidence) if kind != "other" else set()
    proofs = [
        one
        for one in evidence.proofs
        if _kind(one.found) == kind and (id(one.passage), _end(one.found)) not in chained
    ]
    seen: list[Flag] = []
    for observation in told:
        if isinstance(observation, Flag):
            note = observation.severity is Severity.NOTE
            if note and any(_same(observation, one.passage, one.found) for one in proofs):
                continue
            seen.append(observation)
        yield observation
    for one in proofs:
        if not any(_same(flag, one.passage, one.found) for flag in seen):
            yield Looked(len(one.found.of) if isinstance(one.found, Proof) else 2)
            yield _flag(one.passage, one.found)


def _chained(evidence: ProseEvidence) -> set[tuple[int, int]]:
    """Return where numbers end that NAR118 tells of."""
    chains = evidence.statements.chains if evidence.statements else ()
    last = [chain.numbers[2] for chain in chains if chain.sure]
    return {(id(one.passage), one.end) for one in last}


def _end(found: Proof | Comparison | Misfit) -> int:
    return found.end if isinstance(found, Comparison) else found.number.end


_PARTS = {"part": "sum", "unit": "sum"}  # what is wrong of one part is told with the sums
_RULES = {"%": "completion", "分": "score"}  # of a misfit; "figure" for amounts and counts


def _kind(found: Proof | Comparison | Misfit) -> str:
    if isinstance(found, Misfit):
        return _RULES.get(found.number.kind, "figure")
    return "change" if isinstance(found, Comparison) else _PARTS.get(found.kind, found.kind)


def _same(flag: Flag, source: Passage, found: Proof | Comparison | Misfit) -> bool:
    """Return whether a flag is at the same paragraph and quotes the same number."""
    if flag.place != source.place:
        return False
    if isinstance(found, Comparison):
        return source.text[found.start : found.end] in flag.reported
    start = source.text.rfind("\n", 0, found.number.start) + 1
    line = source.text[start : found.number.end + _BEYOND].partition("\n")[0].translate(_QUOTES)
    quoted = flag.reported.translate(_QUOTES).strip("…").split("…")
    return found.number.numeral in flag.reported and all(piece in line for piece in quoted)


def _flag(source: Passage, found: Proof | Comparison | Misfit) -> Flag:
    if isinstance(found, Comparison):
        return _flag_comparison(source, found)
    if isinstance(found, Misfit):
        return _flag_misfit(source, found)
    every = (*found.of, found.number)
    quote = _quote(source, every)
    number = found.number
    said = f"“{number.numeral}{number.unit}”"
    right = _right(found)
    if found.turned:
        right, why = "方向相反", f"“{_short(source, found.of)}”，增减的方向写反了"
    elif found.right is None:
        right, why = "不写百分比", "比较的基数为 0，不能计算百分比"
    elif found.kind == "part":
        why = f"其中一项{said}大于总数“{_short(source, found.of)}”"
        right = f"不大于 {right}"
    elif found.kind == "unit":
        right = f"{number.numeral}{found.of[0].unit}"
        why = f"按所写的总数和其他各项，{said}应为 {right}"
    elif found.kind == "sum":
        unit = number.unit
        parts = " + ".join(plain(_in(one.atoms, number)) for one in found.of)
        why = f"各项之和 {parts} = {plain(_in(found.right, number))}{unit}，不是{said}"
    else:
        why = f"按所写的数复算，{said}应为 {right}"
    words = f"正文“{quote}”，{why}。"
    severity = None if found.sure else Severity.NOTE
    return Flag(
        source.place,
        source.title,
        source.title,
        quote,
        words,
        right,
        demand="请核对，改正写错的一个。",
        severity=severity,
    )


def _flag_comparison(source: Passage, found: Comparison) -> Flag:
    every = (found.now, found.then)
    quote = source.text[min(one.start for one in every) : found.end]
    quote = _cut(quote)
    said = source.text[found.start : found.end]
    words = f"正文“{_short(source, every)}”，与文字“{said}”相反。"
    return Flag(
        source.place,
        source.title,
        source.title,
        quote,
        words,
        "与所写的数一致",
        demand="请核对，改正写错的一处。",
    )


def _flag_misfit(source: Passage, found: Misfit) -> Flag:
    number, cells = found.number, found.cells
    quote = _quote(source, [number])
    digits = None if number.kind != "%" else max(number.decimals, 2)
    value = found.right * 100 if number.kind == "%" else _in(found.right, number)
    right = f"{plain(value, digits)}{number.unit}"
    columns = "”、“".join(dict.fromkeys(cell.column for cell in cells))
    rows = "”、“".join(found.rows)
    words = f"正文写“{quote}”，按《{cells[0].sheet}》“{rows}”的“{columns}”，应为 {right}。"
    return Flag(
        source.place,
        found.rows[0],
        source.title,
        quote,
        words,
        right,
        demand="请核对后改成一致。",
        related=tuple(cell.place for cell in cells),
    )


def _right(found: Proof) -> str:
    if found.right is None:
        return ""
    number = found.number
    if number.unit in {"%", "个百分点"}:
        return f"{plain(found.right, 2)}{number.unit}"
    digits = max(number.decimals, 2) if number.kind == "money" else number.decimals
    return f"{plain(_in(found.right, number), digits)}{number.unit}"


def _in(atoms: Fraction, number: Number) -> Decimal:
    """Return an amount in the unit of a number."""
    return Decimal(atoms.numerator) / Decimal(atoms.denominator) / atoms_per(number.unit)


def _quote(source: Passage, numbers: Iterable[Number]) -> str:
    every = sorted(numbers, key=lambda one: one.start)
    lead = sum(len(token.text) for token in every[0].lead)
    return _cut(source.text[max(every[0].start - lead, 0) : every[-1].end])


def _short(source: Passage, numbers: Iterable[Number]) -> str:
    return "”、“".join(
        source.text[one.start : one.end] for one in sorted(numbers, key=lambda one: one.start)
    )


def _cut(text: str) -> str:
    text = text.replace("“", "「").replace("”", "」").strip("，、；：。,;: \n")
    return text if len(text) <= _LONGEST else f"{text[:60]}…{text[-58:]}"
