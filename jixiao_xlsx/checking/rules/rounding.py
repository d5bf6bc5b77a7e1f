"""AMT101–104, 112, STR118: why equations hold though figures differ; blank totals, 小计 rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from string import ascii_uppercase

from jixiao_xlsx.checking.balance.verdicts import Outcome, Verdict
from jixiao_xlsx.checking.bases import FORM_TITLES, ROUNDING_PRACTICE
from jixiao_xlsx.checking.equation_messages import (
    amount_text,
    anchor_cell,
    counterpart_text,
    figure_text,
)
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.checking.subtotals import subtotals
from jixiao_xlsx.values.amounts import Convention, atoms_per
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.findings import Expected
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


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
    by_sheet: dict[str, list[Verdict]] = defaultdict(list)
    for sheet, proofs in evidence.judged.proofs.items():
        by_sheet[sheet] += [proof for proof in proofs if proof.how is Convention.TRUNCATE]
    for verdict in evidence.judged.verdicts:
        if verdict.outcome is Outcome.OTHER_CONVENTION:
            by_sheet[anchor_cell(verdict).sheet].append(verdict)
    yield Looked(sum(len(proofs) for proofs in evidence.judged.proofs.values()))
    for sheet, verdicts in by_sheet.items():
        if verdicts:
            yield _convention_flag(sheet, verdicts, evidence)


def _convention_flag(sheet: str, verdicts: list[Verdict], evidence: Evidence) -> Flag:
    first, anchor = verdicts[0], anchor_cell(verdicts[0])
    places = tuple(anchor_cell(v).place for v in verdicts)
    if first.outcome is Outcome.OTHER_CONVENTION or first.others is None:
        how = first.how.value if first.how else ""
        text = f"《{sheet}》有 {len(verdicts)} 处只有按{how}理解才平，如{cell_name(anchor, evidence.template)}。"
        demand = "不算错，请统一取舍方法。"
        return flag(anchor, text, demand, related=places, count=len(verdicts))
    exact = first.others * atoms_per(anchor.unit) / atoms_per("元")
    step = Decimal(1).scaleb(-anchor.decimals)
    rounded_up = (anchor.number or Decimal(0)) + (step if exact > 0 else -step)
    counterpart = next(
        (c.place for c in first.instance.cells if c.sheet != sheet and c.number), None
    )
    text = (
        f"《{sheet}》的{anchor.unit}数是截尾得来的：{cell_name(anchor, evidence.template)} "
        f"{plain(exact, 2)} 元，"
        f"四舍五入为 {plain(rounded_up, anchor.decimals)}，截尾为 {anchor.text} {anchor.unit}。"
        f"本表按截尾核对，不算错；建议统一为四舍五入。"
    )
    related = ((counterpart,) if counterpart else ()) + places
    return flag(anchor, text, related=related, count=len(verdicts))


def _relieved(
    evidence: Evidence,
    outcome: Outcome,
    words: Callable[[Verdict, Cell], str],
    demand: str,
) -> Iterator[Observation]:
    """Yield one flag per sheet, with a count: the first cell in words, the others related."""
    sheets: dict[str, dict[Place, Verdict]] = defaultdict(dict)
    for verdict in evidence.judged.verdicts:
        if verdict.outcome is outcome:
            yield Looked(len(verdict.instance.cells))
            anchor = anchor_cell(verdict)
            sheets[anchor.sheet].setdefault(anchor.place, verdict)
    for verdicts in sheets.values():
        first = next(iter(verdicts.values()))
        anchor = anchor_cell(first)
        others = [cell.place for cell in first.instance.cells if cell is not anchor]
        more = f"（本表共 {len(verdicts)} 处）" if len(verdicts) > 1 else ""
        related = (*verdicts, *others)
        yield flag(
            anchor,
            f"{cell_name(anchor, evidence.template)}{more}{words(first, anchor)}",
            demand,
            related=related,
            count=len(verdicts),
        )


@rule("AMT102", "平尾差", severity=Severity.NOTE, basis=ROUNDING_PRACTICE, relations=("C71",))
def last_digit(evidence: Evidence) -> Iterator[Observation]:
    """万元数与另一张表只差最后一位，而本表自身是平的：为使合计相等而调过尾差。不算错。

    改法：不用改。
    """
    yield from _relieved(
        evidence,
        Outcome.LAST_DIGIT,
        lambda verdict, anchor: (
            f" {figure_text(anchor)}，与{counterpart_text(verdict, anchor, evidence)}"
            "只差最后一位，而本表自身是平的，算作平尾差，不用改。"
        ),
        "",
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
            f"填 0，与{counterpart_text(verdict, anchor, evidence)}对不上；"
            f"若这里其实有不足 {amount_text(_step(anchor), anchor)}的小额，就相符。"
        ),
        "确有小额的不用改；没有的，请核对有关各格。",
    )


@rule(
    "AMT104",
    "元数是由万元数折算的",
    severity=Severity.NOTE,
    basis=ROUNDING_PRACTICE,
    relations=("C59",),
)
def coarse_yuan(evidence: Evidence) -> Iterator[Observation]:
    """一张表的元数全是 100 元的整倍数，即由两位小数的万元数乘 10000 得来；按这个精度，表内、表间的等式成立。不算错。

    改法：把由万元折算的数改填为账上的数，精确到分。
    """
    yield from _relieved(
        evidence,
        Outcome.COARSE,
        lambda verdict, anchor: (
            f" {figure_text(anchor)}，与{counterpart_text(verdict, anchor, evidence)}"
            "不完全相等；本表的数都是 100 元的整倍数，"
            "疑似由万元数折算，按这个精度相符。"
        ),
        "请改填账上的数，精确到分。",
    )


@rule("AMT112", "合计未填", severity=Severity.NOTE, basis=ROUNDING_PRACTICE)
def blank_total(evidence: Evidence) -> Iterator[Observation]:
    """分项填了而合计空着。空合计不参加核对，只报出分项之和。

    改法：补填合计；各分项不全的，先补分项。
    """
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in evidence.judged.verdicts:
        if verdict.outcome is Outcome.BLANK_TOTAL:
            groups[verdict.instance.spec.code, anchor_cell(verdict).column].append(verdict)
    for verdicts in groups.values():
        anchor, first = anchor_cell(verdicts[0]), verdicts[0]
        yield Looked(len(verdicts))
        more = f"（同列共 {len(verdicts)} 处）" if len(verdicts) > 1 else ""
        text = (
            f"{cell_name(anchor, evidence.template)}未填，"
            f"分项之和 {amount_text(first.others, anchor)}{more}。"
        )
        others = tuple(cell.place for cell in first.instance.cells if cell is not anchor)
        related = tuple(anchor_cell(v).place for v in verdicts[1:]) or others
        expected = (
            Expected(first.others, first.others, anchor.unit) if first.others is not None else None
        )
        yield flag(
            anchor, text, "请补填。", expected=expected, related=related, count=len(verdicts)
        )


def _step(cell: Cell) -> Decimal:
    return Decimal(1).scaleb(-cell.decimals)


_SUBTOTAL = (
    "是别的行之和，核对时不再加进合计；空白表的合计公式和自检会把它再加一次。",
    "请删去小计行，合计按各明细行填列。",
    None,
)
_NO_SUM = "认作小计行，核对时不再加进合计。", "是明细的，请改用别的名称。", Severity.NOTE


@rule("STR118", "表里有小计行", severity=Severity.WARNING, basis=FORM_TITLES)
def subtotal(evidence: Evidence) -> Iterator[Observation]:
    """逐行填写的表里有小计行，它是别的行之和：核对时不再加进合计，空白表的合计公式和自检却会再加一次。与别的行加不起来的，只作提示。

    改法：删去小计行，合计按各明细行填列；确需保留的，附情况说明。
    """
    for table in evidence.submission.tables.values():
        found = list(subtotals(table))
        yield Looked(sum(len(row.cells) for row, _ in found))
        for sums in (True, False):
            cells = [next(iter(row.cells.values())) for row, adds in found if adds is sums]
            if cells:
                yield _subtotals(table.sheet, cells, sums=sums)


def _subtotals(sheet: str, cells: Sequence[Cell], *, sums: bool) -> Flag:
    named = "、".join(f"第 {cell.ref.lstrip(ascii_uppercase)} 行“{cell.row}”" for cell in cells[:3])
    more = f"等 {len(cells)} 行" if len(cells) > 3 else ""
    told, demand, severity = _SUBTOTAL if sums else _NO_SUM
    text = f"《{sheet}》{named}{more}{told}"
    related = tuple(c.place for c in cells)
    return flag(cells[0], text, demand, related=related, count=len(cells), severity=severity)
