"""BAL and REC: the equations of the form, each a rule of the catalogue made from data; and the 提示 that explain them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from jixiao_xlsx.checking.balance.hints import Hint, hints
from jixiao_xlsx.checking.balance.verdicts import Outcome, Verdict
from jixiao_xlsx.checking.bases import ROUNDING_PRACTICE
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, Rule, cell_name, flag, rule
from jixiao_xlsx.form.spec import EquationSpec, Template
from jixiao_xlsx.values.amounts import Convention, atoms_per
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.equations import ALL_ROWS
from jixiao_xlsx.values.findings import Expected, Severity, Skipped
from jixiao_xlsx.values.number_text import plain
from jixiao_xlsx.values.operands import Operand

FEW_GAPS = 2


def equation_rules(template: Template) -> Iterator[Rule]:
    """One rule for every equation of the form."""
    for spec in template.equations:
        about = (
            spec.code,
            spec.title,
            spec.severity,
            spec.basis,
            _page(spec),
            _checker(spec),
            spec.relations,
            spec.yields_to,
        )
        yield Rule(*about, in_word=not spec.across)


def _page(spec: EquationSpec) -> str:
    where = f"“{spec.table}”内应有" if spec.table else "各表之间应有（写作“表.行.列”）"
    law = spec.relation.text.replace(ALL_ROWS, f"{ALL_ROWS}之和")
    mend = (
        "对照账表，改正等式里填错的一格" if spec.relation.op == "=" else "核对两边，改正填错的一格"
    )
    may = "；确属实情的，附情况说明" if spec.severity is Severity.WARNING else ""
    return f"{where}：{law}。\n\n改法：{mend}{may}。"


def _checker(spec: EquationSpec) -> Callable[[Evidence], Iterator[Observation]]:
    def check(evidence: Evidence) -> Iterator[Observation]:
        looked = 0
        for verdict in evidence.judged.by_code.get(spec.code, ()):
            if verdict.outcome is Outcome.SKIPPED or verdict.outcome is Outcome.BLANK_TOTAL:
                yield Skipped(_skipped(verdict))
                continue
            looked += len(verdict.instance.cells)
            if verdict.outcome is Outcome.FAILS:
                yield _unbalanced(verdict, evidence)
        yield Looked(looked)

    return check


def _skipped(verdict: Verdict) -> str:
    label = verdict.instance.label
    return f"{label}：{verdict.reason}" if label and verdict.reason != "未填" else verdict.reason


# ------------------------------------------------------------------------------------------------------ messages


def _unbalanced(verdict: Verdict, evidence: Evidence) -> Flag:
    anchor, spec = _required(verdict.anchor), verdict.instance.spec
    soft = verdict.instance.column in spec.note_columns
    found = hints(verdict, evidence.judged)
    return Flag(
        place=anchor.place,
        item=anchor.row,
        field=anchor.column,
        reported=anchor.text,
        message=_excess(verdict, anchor, evidence)
        if spec.relation.op != "="
        else _mismatch(verdict, anchor, evidence),
        expected=_expected(verdict, anchor),
        difference=_difference(verdict, anchor),
        hint="；".join(hint.text for hint in found),
        related=_related(verdict, anchor, evidence, found),
        severity=Severity.NOTE if soft else None,
    )


def _required(cell: Cell | None) -> Cell:
    assert cell is not None, "a judged equation has an anchor"
    return cell


def _expected(verdict: Verdict, anchor: Cell) -> Expected | str | None:
    if verdict.low is None or verdict.high is None:
        return f"不大于 {_money(verdict.others, anchor)}"
    return Expected(verdict.low, verdict.high, anchor.unit)


def _difference(verdict: Verdict, anchor: Cell) -> str:
    if verdict.others is None or anchor.number is None:
        return ""
    gap = _side_value(verdict, anchor) - verdict.others
    return _money(round(gap, anchor.decimals) or gap, anchor)


def _side_value(verdict: Verdict, anchor: Cell) -> Decimal:
    """The anchor, or for ≤ its whole side, in the anchor's unit."""
    assert anchor.number is not None
    if verdict.instance.spec.relation.op == "=":
        return anchor.number
    side = next(
        side for side in verdict.instance.sides if any(operand.cell is anchor for operand in side)
    )
    total = sum(
        (
            o.sign * o.cell.number * atoms_per(o.cell.unit)
            for o in side
            if o.cell.number is not None
        ),
        Decimal(0),
    )
    return total / atoms_per(anchor.unit)


def _mismatch(verdict: Verdict, anchor: Cell, evidence: Evidence) -> str:
    others = [cell for cell in verdict.instance.cells if cell is not anchor]
    across = {cell.sheet for cell in others} != {anchor.sheet}
    source = (
        _named_sources(verdict, others, anchor, evidence)
        if across
        else _parts(verdict, others, evidence)
    )
    low, high = verdict.low, verdict.high
    may = "" if low == high else f"（四舍五入或截尾都算，允许 {_range(low, high, anchor)}）"
    if low == high:
        may = "" if low == verdict.others else f"（应填 {_money(low, anchor)}）"
    return (
        f"{cell_name(anchor, evidence.template)}填 {_money(anchor.number, anchor)}，"
        f"{source} {_money(verdict.others, anchor)}{may}，"
        f"本格{_more_or_less(verdict, anchor)}。请核对{_and_this(others, anchor)}，改正填错的一处。"
        f"{_may_stand(verdict)}"
    )


def _range(low: Decimal | None, high: Decimal | None, anchor: Cell) -> str:
    return f"{_money(low, anchor).removesuffix(anchor.unit).strip()}–{_money(high, anchor)}"


def _may_stand(verdict: Verdict) -> str:
    return (
        "确属实情的，请附情况说明。" if verdict.instance.spec.severity is Severity.WARNING else ""
    )


def _more_or_less(verdict: Verdict, anchor: Cell) -> str:
    assert anchor.number is not None and verdict.others is not None
    exact = anchor.number - verdict.others
    gap = round(exact, anchor.decimals) or exact
    return f"{'多' if gap > 0 else '少'} {_money(abs(gap), anchor)}"


def _excess(verdict: Verdict, anchor: Cell, evidence: Evidence) -> str:
    sides = verdict.instance.sides
    at = next(
        number
        for number, side in enumerate(sides)
        if any(operand.cell is anchor for operand in side)
    )
    own, later = _filled(sides[at]), [found for side in sides[at + 1 :] if (found := _filled(side))]
    name = cell_name(anchor, evidence.template)
    what = name if len(own) == 1 else f"{name}等 {len(own)} 格之和"
    limit = min(later, key=_sum_of)
    return (
        f"{what}为 {_money(_side_value(verdict, anchor), anchor)}，"
        f"大于{_limit_name(limit, anchor, evidence)}"
        f"（{_money(verdict.others, anchor)}），多出 {_difference(verdict, anchor)}。"
        f"请核对{_and_this([cell for cell in (*own, *limit) if cell is not anchor], anchor)}，"
        f"改正填错的一处。{_may_stand(verdict)}"
    )


def _filled(side: tuple[Operand, ...]) -> list[Cell]:
    return [operand.cell for operand in side if operand.cell.number is not None]


def _sum_of(cells: list[Cell]) -> Decimal:
    return sum(map(_atoms, cells), Decimal(0))


def _atoms(cell: Cell) -> Decimal:
    return (cell.number or Decimal(0)) * atoms_per(cell.unit)


def _limit_name(limit: list[Cell], anchor: Cell, evidence: Evidence) -> str:
    cell = limit[0]
    beside = cell.sheet == anchor.sheet and cell.row == anchor.row
    name = f"同行的“{cell.column}”" if beside else _named(cell, anchor.sheet, evidence)
    return name if len(limit) == 1 else f"{name}等 {len(limit)} 格之和"


def _named(cell: Cell, here: str, evidence: Evidence) -> str:
    """A cell by its titles, with its sheet where that is another one."""
    return (
        f"{'' if cell.sheet == here else f'《{cell.sheet}》'}{cell_name(cell, evidence.template)}"
    )


def _named_sources(verdict: Verdict, others: list[Cell], anchor: Cell, evidence: Evidence) -> str:
    filled = [cell for cell in others if cell.number is not None]
    first = next((cell for cell in filled if cell.sheet != anchor.sheet), filled[0])
    name = _named(first, anchor.sheet, evidence)
    chain = len(verdict.instance.sides) > 2
    if len(filled) > 1 and not (chain and len({_atoms(cell) for cell in filled}) > 1):
        return f"{name}等 {len(filled)} 处{'都为' if chain else '合计为'}"
    return (
        f"{name}为" if first.unit == anchor.unit else f"{name}为 {_money(first.number, first)}，合"
    )


def _parts(verdict: Verdict, others: list[Cell], evidence: Evidence) -> str:
    """What the anchor should have been: its parts' sum, or the relation itself where it is no plain sum."""
    if len(others) == 1:
        return f"{cell_name(others[0], evidence.template)}为"
    relation, sides = verdict.instance.spec.relation, verdict.instance.sides
    if min(map(len, sides)) > 1:
        return "按其余各项推算应为"
    if any(operand.sign < 0 for side in sides for operand in side):
        return f"按“{relation.text}”计算应为"
    filled = [cell for cell in others if cell.number is not None]
    names = list(
        dict.fromkeys(
            cell.column if len({c.row for c in others}) == 1 else cell.row for cell in filled
        )
    )
    if len(filled) == 1:
        return f"各分项中只填了“{names[0]}”，为"
    return (
        f"各分项之和（{'、'.join(names[:3])}"
        f"{f'等 {len(filled)} 项' if len(filled) > len(names[:3]) else ''}）为"
    )


def _and_this(cells: list[Cell], anchor: Cell) -> str:
    """Which cells to look at: addresses, with the sheet where it is another one."""
    filled = [cell for cell in cells if cell.number is not None] or cells
    sheets: dict[str, list[str]] = defaultdict(list)
    for cell in filled[:4]:
        sheets[cell.sheet].append(cell.ref)
    refs = [
        f"{'' if sheet == anchor.sheet else f'《{sheet}》'}{'、'.join(found)}"
        for sheet, found in sheets.items()
    ]
    more = f" 等 {len(filled)} 格" if len(filled) > 4 else ""
    here = " " if sheets and next(iter(sheets)) == anchor.sheet and filled[0].ref.isascii() else ""
    return f"{here}{'、'.join(refs)}{more or ' '}和本格" if refs else "本格"


def _money(value: Decimal | None, anchor: Cell) -> str:
    if value is None:
        return ""
    digits = max(anchor.decimals, -int(value.normalize().as_tuple().exponent))
    return f"{plain(value, digits if anchor.unit in {'元', '万元'} else None)} {anchor.unit}"


def _related(
    verdict: Verdict, anchor: Cell, evidence: Evidence, found: tuple[Hint, ...]
) -> tuple[Place, ...]:
    """What a hint blames, one or two gaps among the parts, the other cells, then what stands behind their formulas."""
    others = [cell for cell in verdict.instance.cells if cell is not anchor]
    few = sum(cell.number is None for cell in others) <= FEW_GAPS
    ranked = sorted(others, key=lambda cell: (cell.number is None) != few)
    behind = [
        part.cell.place
        for cell in (anchor, *others)
        for part in evidence.judged.formulas.get(cell.place, ())
        if part.cell.number
    ]
    blamed = [hint.place for hint in found]
    filled = [cell.place for cell in ranked if few or cell.number is not None]
    return (*blamed, *filled, *behind, *(cell.place for cell in ranked))


# ------------------------------------------------------------------------------------------------------ reliefs


@rule(
    "AMT101",
    "万元数是截尾（舍去）得来的",
    severity=Severity.NOTE,
    basis=ROUNDING_PRACTICE,
    relations=("C59", "C71"),
)
def truncated_sheet(evidence: Evidence) -> Iterator[Observation]:
    """一张万元表的数与元数相比只能用截尾解释，或有等式只在截尾（或只在四舍五入）时成立。每张表只说一次，不算错。

    改法：不用改；下次统一按四舍五入取数。
    """
    seen: dict[str, list[Verdict]] = defaultdict(list)
    for sheet, proofs in evidence.judged.proofs.items():
        seen[sheet] += [proof for proof in proofs if proof.reason == Convention.TRUNCATE.value]
    for verdict in evidence.judged.verdicts:
        if verdict.outcome is Outcome.OTHER_CONVENTION:
            seen[_required(verdict.anchor).sheet].append(verdict)
    yield Looked(sum(len(proofs) for proofs in evidence.judged.proofs.values()))
    for sheet, verdicts in seen.items():
        if verdicts:
            yield _convention_flag(sheet, verdicts, evidence)


def _convention_flag(sheet: str, verdicts: list[Verdict], evidence: Evidence) -> Flag:
    first, anchor = verdicts[0], _required(verdicts[0].anchor)
    places = tuple(_required(v.anchor).place for v in verdicts)
    if first.outcome is Outcome.OTHER_CONVENTION or first.others is None:
        how = first.reason
        text = (
            f"《{sheet}》有 {len(verdicts)} 处只有按{how}理解才平，如{cell_name(anchor, evidence.template)}。"
            "不算错，请统一取舍方法。"
        )
        return flag(anchor, text, related=places, count=len(verdicts))
    exact = first.others * atoms_per(anchor.unit) / atoms_per("元")
    step = Decimal(1).scaleb(-anchor.decimals)
    rounded_up = (anchor.number or Decimal(0)) + (step if exact > 0 else -step)
    counterpart = next(
        (c.place for c in first.instance.cells if c.sheet != sheet and c.number), None
    )
    text = (
        f"《{sheet}》的{anchor.unit}数是截尾得来的：{cell_name(anchor, evidence.template)} {plain(exact, 2)} 元，"
        f"四舍五入为 {plain(rounded_up, anchor.decimals)}，截尾为 {anchor.text} {anchor.unit}。"
        f"本表按截尾核对，不算错；建议统一为四舍五入。"
    )
    related = ((counterpart,) if counterpart else ()) + places
    return flag(anchor, text, related=related, count=len(verdicts))


def _relieved(
    evidence: Evidence, outcome: Outcome, words: Callable[[Verdict, Cell], str]
) -> Iterator[Observation]:
    """One flag per sheet, with a count: the first cell in words, the others related."""
    sheets: dict[str, dict[Place, Verdict]] = defaultdict(dict)
    for verdict in evidence.judged.verdicts:
        if verdict.outcome is outcome:
            yield Looked(len(verdict.instance.cells))
            anchor = _required(verdict.anchor)
            sheets[anchor.sheet].setdefault(anchor.place, verdict)
    for found in sheets.values():
        first = next(iter(found.values()))
        anchor = _required(first.anchor)
        others = [cell.place for cell in first.instance.cells if cell is not anchor]
        more = f"（本表共 {len(found)} 处）" if len(found) > 1 else ""
        related = (*found, *others)
        yield flag(
            anchor,
            f"{cell_name(anchor, evidence.template)}{more}{words(first, anchor)}",
            related=related,
            count=len(found),
        )


def _counterpart(verdict: Verdict, anchor: Cell, evidence: Evidence) -> str:
    """The other cells of a relation, by titles."""
    others = [
        cell for cell in verdict.instance.cells if cell is not anchor and cell.number is not None
    ]
    first = next((cell for cell in others if cell.sheet != anchor.sheet), others[0])
    named = f"{_named(first, anchor.sheet, evidence)} {_money(first.number, first)}"
    return named if len(others) == 1 else f"{named}等 {len(others)} 格"


@rule("AMT102", "平尾差", severity=Severity.NOTE, basis=ROUNDING_PRACTICE, relations=("C71",))
def last_digit(evidence: Evidence) -> Iterator[Observation]:
    """万元数与另一张表只差最后一位，而本表自身是平的：为使合计相等而调过尾差。不算错。

    改法：不用改。
    """
    yield from _relieved(
        evidence,
        Outcome.LAST_DIGIT,
        lambda verdict, anchor: (
            f" {_money(anchor.number, anchor)}，与{_counterpart(verdict, anchor, evidence)}"
            "只差最后一位，而本表自身是平的，算作平尾差，不用改。"
        ),
    )


@rule(
    "AMT103",
    "填 0 的格可能是不足一个单位的小数",
    severity=Severity.NOTE,
    basis=ROUNDING_PRACTICE,
    relations=("C71",),
)
def typed_zero(evidence: Evidence) -> Iterator[Observation]:
    """填报的 0 若理解为不足半个末位的金额，等式就成立。不算错。

    改法：确有小额的，不用改；没有的，核对同一等式的其他各格。
    """
    yield from _relieved(
        evidence,
        Outcome.TYPED_ZERO,
        lambda verdict, anchor: (
            f"填 0，与{_counterpart(verdict, anchor, evidence)}对不上；"
            f"若这里其实有不足 {_money(_step(anchor), anchor)}的小额，就相符。"
            "确有小额的不用改；没有的，请核对有关各格。"
        ),
    )


def _step(cell: Cell) -> Decimal:
    return Decimal(1).scaleb(-cell.decimals)


@rule(
    "AMT104",
    "元数是由万元数折算的",
    severity=Severity.NOTE,
    basis=ROUNDING_PRACTICE,
    relations=("C59",),
)
def coarse_yuan(evidence: Evidence) -> Iterator[Observation]:
    """一张表的元数全是 100 元的整倍数，即由两位小数的万元数乘 10000 得来；按这个精度，表间等式成立。不算错。

    改法：把由万元折算的数改填为账上的数，精确到分。
    """
    yield from _relieved(
        evidence,
        Outcome.COARSE,
        lambda verdict, anchor: (
            f" {_money(anchor.number, anchor)}，与{_counterpart(verdict, anchor, evidence)}"
            "不完全相等；本表的数都是 100 元的整倍数，"
            "像是由万元数折算的，按这个精度相符。请改填账上的数，精确到分。"
        ),
    )


@rule("AMT112", "合计未填", severity=Severity.NOTE, basis=ROUNDING_PRACTICE)
def blank_total(evidence: Evidence) -> Iterator[Observation]:
    """分项填了而合计空着。空合计不参加核对，只报出分项之和。

    改法：补填合计；各分项不全的，先补分项。
    """
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in evidence.judged.verdicts:
        if verdict.outcome is Outcome.BLANK_TOTAL:
            groups[verdict.instance.spec.code, _required(verdict.anchor).column].append(verdict)
    for verdicts in groups.values():
        anchor, first = _required(verdicts[0].anchor), verdicts[0]
        yield Looked(len(verdicts))
        more = f"（同列共 {len(verdicts)} 处）" if len(verdicts) > 1 else ""
        text = (
            f"{cell_name(anchor, evidence.template)}未填，分项之和 {_money(first.others, anchor)}{more}。"
            "请补填。"
        )
        others = tuple(cell.place for cell in first.instance.cells if cell is not anchor)
        related = tuple(_required(v.anchor).place for v in verdicts[1:]) or others
        expected = (
            Expected(first.others, first.others, anchor.unit) if first.others is not None else None
        )
        yield flag(anchor, text, expected=expected, related=related, count=len(verdicts))
