"""What an equation says of a table: never an accusation that rounding, truncation or a relief
explains, and none missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest
from cases import Case, submission
from hypothesis import given
from hypothesis import strategies as st

from jixiao_xlsx.checking.balance.instances import find_instances
from jixiao_xlsx.checking.balance.judging import judge
from jixiao_xlsx.checking.balance.verdicts import Judgement, Outcome, Verdict
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import EquationSpec
from jixiao_xlsx.values.amounts import Convention
from jixiao_xlsx.values.equations import Scope, parse_relation
from jixiao_xlsx.values.severity import Severity

TEMPLATE = find_template()
FUNDS, ACCOUNTS = "资金预算执行表", "收支总表"
COLUMNS = ("基本支出小计", "人员经费", "公用经费", "项目支出", "支出合计")
ROWS = ("基本支出", "其中：人员经费", "其中：公用经费", "项目支出", "本年支出合计")

FEN = st.one_of(
    st.just(0),
    st.integers(-9_999, 9_999),
    st.integers(-200_000, 200_000),
    st.integers(0, 5 * 10**9),
)
TABLE = st.lists(st.tuples(FEN, FEN, FEN), min_size=1, max_size=6)
HOW = st.sampled_from(Convention)


def printed_as(fen: int, how: Convention) -> str:
    """A true amount as a 万元 sheet prints it."""
    return str(
        (Decimal(fen) / 1_000_000).quantize(
            Decimal("0.01"), ROUND_HALF_UP if how is Convention.ROUND else ROUND_DOWN
        )
    )


def amounts(wages: int, office: int, projects: int) -> tuple[int, ...]:
    """The five amounts of a row, in the order of COLUMNS."""
    return (wages + office, wages, office, projects, wages + office + projects)


def judged(tables: dict[str, str]) -> Judgement:
    return judge(submission(Case("TEST", "测试", given=tables), TEMPLATE), TEMPLATE)


def funds(rows: Sequence[Sequence[str]], total: Sequence[str]) -> str:
    lines = [f"科目{number} | " + " | ".join(row) for number, row in enumerate(rows, 1)]
    return "\n".join(
        [f"支出功能分类科目 | {' | '.join(COLUMNS)}", *lines, f"合计 | {' | '.join(total)}"]
    )


def accounts(values: Sequence[int]) -> str:
    lines = [f"{row} | {Decimal(fen) / 100:.2f}" for row, fen in zip(ROWS, values, strict=True)]
    return "\n".join(["项目 | 决算数", *lines])


def outcomes(found: Judgement, *codes: str) -> set[Outcome]:
    return {verdict.outcome for verdict in found.verdicts if verdict.instance.spec.code in codes}


def verdict_of(found: Judgement, code: str, label: str = "") -> Verdict:
    return next(
        v for v in found.verdicts if v.instance.spec.code == code and v.instance.label == label
    )


# ---------------------------------------------------------------------------------------- soundness


@given(TABLE, HOW)
def test_a_table_printed_from_true_amounts_is_never_accused(
    rows: list[tuple[int, int, int]], how: Convention
) -> None:
    true = [amounts(*row) for row in rows]
    total = [sum(column) for column in zip(*true, strict=True)]
    printed = funds(
        [[printed_as(fen, how) for fen in row] for row in true],
        [printed_as(fen, how) for fen in total],
    )
    found = judged({FUNDS: printed, ACCOUNTS: accounts(total)})
    failed = [
        (v.instance.spec.code, v.instance.label)
        for v in found.verdicts
        if v.outcome is Outcome.FAILS
    ]
    assert not failed, printed
    assert found.conventions.get(FUNDS, how) is how


@given(TABLE, HOW)
def test_totals_that_are_formulas_over_printed_figures_are_never_accused(
    rows: list[tuple[int, int, int]], how: Convention
) -> None:
    true = [amounts(*row) for row in rows]
    parts = [[Decimal(printed_as(fen, how)) for fen in row[1:4]] for row in true]
    lines = [[f"={w + o}", str(w), str(o), str(p), f"={w + o + p}"] for w, o, p in parts]
    w, o, p = (sum(column, Decimal(0)) for column in zip(*parts, strict=True))
    printed = funds(lines, [f"={w + o}", f"={w}", f"={o}", f"={p}", f"={w + o + p}"])
    total = [sum(column) for column in zip(*true, strict=True)]
    found = judged({FUNDS: printed, ACCOUNTS: accounts(total)})
    assert Outcome.FAILS not in {verdict.outcome for verdict in found.verdicts}, printed


@given(TABLE, HOW, st.sampled_from(["rows", "columns"]))
def test_formulas_along_one_edge_only_are_never_accused(
    rows: list[tuple[int, int, int]], how: Convention, live: str
) -> None:
    """Row totals add up what is printed while column totals were typed from true amounts, or the
    other way round.
    """
    true = [amounts(*row) for row in rows]
    lines, columns = [], [Decimal(0)] * 5
    for row in true:
        cells = [Decimal(printed_as(fen, how)) for fen in row]
        if live == "rows":
            _, wages, office, project, _ = cells
            cells = [wages + office, wages, office, project, wages + office + project]
            lines.append([f"={cells[0]}", str(wages), str(office), str(project), f"={cells[4]}"])
        else:
            lines.append([str(cell) for cell in cells])
        columns = [a + b for a, b in zip(columns, cells, strict=True)]
    total = [sum(column) for column in zip(*true, strict=True)]
    typed = (
        [printed_as(fen, how) for fen in total]
        if live == "rows"
        else [f"={cell}" for cell in columns]
    )
    found = judged({FUNDS: funds(lines, typed), ACCOUNTS: accounts(total)})
    assert Outcome.FAILS not in {verdict.outcome for verdict in found.verdicts}


@given(TABLE, HOW, st.integers(0, 4), st.integers(10, 10_000), st.sampled_from([1, -1]))
def test_a_wrong_total_is_always_found(
    rows: list[tuple[int, int, int]], how: Convention, column: int, cents: int, sign: int
) -> None:
    true = [amounts(*row) for row in rows]
    total = [printed_as(sum(fen), how) for fen in zip(*true, strict=True)]
    total[column] = str(Decimal(total[column]) + sign * Decimal(cents) / 100)
    found = judged({FUNDS: funds([[printed_as(fen, how) for fen in row] for row in true], total)})
    assert verdict_of(found, "BAL203", COLUMNS[column]).outcome is Outcome.FAILS


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8), st.integers(-5, 5))
def test_a_sheet_in_元_is_exact_to_the_分(parts: list[int], slip: int) -> None:
    rows = [row.title for row in TEMPLATE.table[ACCOUNTS].rows][: len(parts)]
    lines = [f"{row} | {Decimal(fen) / 100:.2f}" for row, fen in zip(rows, parts, strict=True)]
    table = "\n".join(
        ["项目 | 决算数", *lines, f"本年收入合计 | {Decimal(sum(parts) + slip) / 100:.2f}"]
    )
    assert verdict_of(judged({ACCOUNTS: table}), "BAL101", "决算数").outcome is (
        Outcome.FAILS if slip else Outcome.HOLDS
    )


@given(TABLE, HOW)
def test_the_admissible_range_repairs_what_failed(
    rows: list[tuple[int, int, int]], how: Convention
) -> None:
    true = [amounts(*row) for row in rows]
    lines = [[printed_as(fen, how) for fen in row] for row in true]
    total = [printed_as(sum(fen), how) for fen in zip(*true, strict=True)]
    wrong = [str(Decimal(total[0]) + 7), *total[1:]]
    broken = verdict_of(judged({FUNDS: funds(lines, wrong)}), "BAL203", COLUMNS[0])
    assert broken.low is not None and broken.high is not None
    for right in (broken.low, broken.high):
        repaired = verdict_of(
            judged({FUNDS: funds(lines, [str(right), *total[1:]])}), "BAL203", COLUMNS[0]
        )
        assert repaired.outcome is not Outcome.FAILS


# ------------------------------------------------------------------------------------------ reliefs


def one_row(wages: str, office: str, basic: str) -> Verdict:
    table = f"支出功能分类科目 | 人员经费 | 公用经费 | 基本支出小计\n教育支出 | {wages} | {office} | {basic}"
    return verdict_of(judged({FUNDS: table}), "BAL201", "教育支出")


@pytest.mark.parametrize(
    ("wages", "office", "basic", "outcome"),
    [
        ("60.00", "40.00", "100.00", Outcome.HOLDS),
        ("60.00", "40.01", "100.00", Outcome.HOLDS),
        ("60.00", "39.99", "100.00", Outcome.HOLDS),
        ("60.00", "39.98", "100.00", Outcome.FAILS),
        ("60.00", "40.02", "100.00", Outcome.FAILS),
        ("60.00", "", "60.00", Outcome.HOLDS),
        ("60.00", "", "60.01", Outcome.FAILS),
        ("60.00", "/", "60.00", Outcome.HOLDS),
        ("60.00", "0", "60.01", Outcome.TYPED_ZERO),
        ("60.00", "0", "60.02", Outcome.FAILS),
        ("60.00", "0", "60.00", Outcome.HOLDS),
        ("60.00", "40.00", "", Outcome.BLANK_TOTAL),
        ("", "", "100.00", Outcome.SKIPPED),
        ("", "", "", Outcome.SKIPPED),
        ("60.00", "约四十", "100.00", Outcome.SKIPPED),
        ("60.00", "=?", "100.00", Outcome.SKIPPED),
        ("60.00", "#REF!", "100.00", Outcome.SKIPPED),
        ("60.001", "40.001", "100.00", Outcome.HOLDS),
        ("-60.00", "-40.01", "-100.00", Outcome.HOLDS),
        ("-60.00", "40.00", "-20.00", Outcome.HOLDS),
    ],
)
def test_a_row_and_how_it_is_judged(wages: str, office: str, basic: str, outcome: Outcome) -> None:
    assert one_row(wages, office, basic).outcome is outcome


def pair(printed: str, yuan: str, *rows: str) -> Verdict:
    """The total of 人员经费 in 万元 against 收支总表 in 元."""
    table = "\n".join(
        [
            "支出功能分类科目 | 人员经费",
            *(f"科目{i} | {row}" for i, row in enumerate(rows)),
            f"合计 | {printed}",
        ]
    )
    return verdict_of(
        judged({FUNDS: table, ACCOUNTS: f"项目 | 决算数\n其中：人员经费 | {yuan}"}), "REC102"
    )


@pytest.mark.parametrize(
    ("printed", "yuan", "rows", "outcome"),
    [
        ("954.81", "9548112.00", (), Outcome.HOLDS),
        ("954.81", "9548199.71", (), Outcome.HOLDS),  # truncated, and the only proof there is
        ("954.82", "9548199.71", (), Outcome.HOLDS),
        ("954.83", "9548199.71", (), Outcome.LAST_DIGIT),
        ("954.83", "9548199.71", ("954.83",), Outcome.LAST_DIGIT),
        ("954.83", "9548199.71", ("950.00",), Outcome.FAILS),  # its own sheet does not balance
        ("954.84", "9548199.71", ("954.84",), Outcome.FAILS),
        ("954.82", "9548299.71", (), Outcome.HOLDS),
        ("95.48", "9548199.71", (), Outcome.FAILS),
        ("0", "30.00", (), Outcome.TYPED_ZERO),
        ("0", "20000.00", (), Outcome.FAILS),
    ],
)
def test_a_pair_of_sheets_and_how_it_is_judged(
    printed: str, yuan: str, rows: tuple[str, ...], outcome: Outcome
) -> None:
    assert pair(printed, yuan, *rows).outcome is outcome


@pytest.mark.parametrize(
    ("plan", "outcome"),
    [
        ("9548200", Outcome.COARSE),
        ("9548100", Outcome.COARSE),
        ("9548300", Outcome.FAILS),
        ("9548199.70", Outcome.FAILS),
        ("9548199.71", Outcome.HOLDS),
    ],
)
def test_元_converted_from_万元_is_read_on_a_grid_of_100_元(plan: str, outcome: Outcome) -> None:
    tables = {
        "年度计划": f"工作任务名称 | 其中：财政拨款（执行）\n部门总体预算 | {plan}",
        ACCOUNTS: "项目 | 决算数\n其中：财政拨款支出 | 9548199.71",
    }
    assert verdict_of(judged(tables), "REC108").outcome is outcome


@pytest.mark.parametrize(
    ("total", "more", "outcome"),
    [
        ("1306200", "", Outcome.HOLDS),
        ("1306300", "", Outcome.COARSE),  # off by 100 元, as rounded 万元 figures may be
        ("1306100", "", Outcome.COARSE),
        ("1306400", "", Outcome.FAILS),  # 200 元: more than the rounding of three figures
        ("1306000", "", Outcome.FAILS),
        ("1396200", "", Outcome.FAILS),
        ("1306250", "", Outcome.FAILS),  # not all figures are multiples of 100 元
        ("1306300", "\n其他收入 | 0.01", Outcome.FAILS),  # nor those of the sheet's other lines
    ],
)
def test_within_a_sheet_too_元_converted_from_万元_is_read_on_a_grid_of_100_元(
    total: str, more: str, outcome: Outcome
) -> None:
    table = f"项目 | 决算数\n其中：人员经费 | 1200000\n其中：公用经费 | 106200\n基本支出 | {total}"
    verdict = verdict_of(judged({ACCOUNTS: table + more}), "BAL103", "决算数")
    assert verdict.outcome is outcome


# -------------------------------------------------------------------------------------- conventions

TRUE = (130_619_971, 12_378_800, 118_241_171, 824_199_999, 954_819_970)


def with_printed(*hows: Convention) -> Judgement:
    total = [printed_as(fen, how) for fen, how in zip(TRUE, hows, strict=True)]
    return judged({FUNDS: funds([], total), ACCOUNTS: accounts(TRUE)})


def test_a_sheet_whose_every_proof_is_truncated_is_a_truncated_sheet() -> None:
    found = with_printed(*[Convention.TRUNCATE] * 5)
    assert found.conventions[FUNDS] is Convention.TRUNCATE
    assert {proof.how for proof in found.proofs[FUNDS]} == {Convention.TRUNCATE}
    assert outcomes(found, "REC101", "REC102", "REC103", "REC104", "REC105") == {Outcome.HOLDS}


def test_a_rounded_sheet() -> None:
    assert with_printed(*[Convention.ROUND] * 5).conventions[FUNDS] is Convention.ROUND


def test_a_mixed_sheet_counts_as_rounded_and_the_truncated_figure_is_noted() -> None:
    rounding, cut = Convention.ROUND, Convention.TRUNCATE
    found = with_printed(rounding, rounding, rounding, cut, rounding)
    assert found.conventions[FUNDS] is rounding
    assert verdict_of(found, "REC104").outcome is Outcome.OTHER_CONVENTION
    assert verdict_of(found, "REC101").outcome is Outcome.HOLDS


def test_figures_that_look_the_same_either_way_prove_nothing() -> None:
    table = "支出功能分类科目 | 人员经费\n合计 | 954.81"
    assert (
        judged({FUNDS: table, ACCOUNTS: "项目 | 决算数\n其中：人员经费 | 9548112.00"}).conventions
        == {}
    )


# --------------------------------------------------------------------------------- where it applies


def labels(changed: EquationSpec, **given: str) -> list[str]:
    """The rows or columns in which the equation is judged, in a form that has only this one."""
    form = replace(TEMPLATE, equations=(changed,))
    return [
        one.label
        for one in find_instances(
            changed, submission(Case("TEST", "测试", given=given), form), form
        )
    ]


def test_an_equation_of_some_rows_is_judged_in_these() -> None:
    basic = next(one for one in TEMPLATE.equations if one.code == "BAL201")
    rows = "支出功能分类科目 | 人员经费\n教育支出 | 1\n卫生健康支出 | 2\n合计 | 3"
    assert labels(basic, 资金预算执行表=rows) == ["教育支出", "卫生健康支出", "合计"]
    assert labels(replace(basic, rows=("合计",)), 资金预算执行表=rows) == ["合计"]


def test_an_equation_down_a_column_is_judged_where_the_form_has_every_cell_of_it() -> None:
    worth = parse_relation("固定资产原值合计 = 累计折旧 + 净值", Scope.COLUMN, "固定资产")
    spec = EquationSpec("BAL699", "净值", worth, Severity.ERROR, "", table="固定资产")
    assert labels(spec, 固定资产="资产类别 | 原值\n净值 | 1") == ["原值"]


# ------------------------------------------------------------------------------------------ anchors


def chain(rate: str, account: str, plan: str) -> Verdict:
    tables = {
        "预算执行率": f"资金 | 全年执行数\n年度资金总额 | {rate}",
        ACCOUNTS: f"项目 | 决算数\n本年支出合计 | {account}",
        "年度计划": f"工作任务名称 | 执行数\n部门总体预算 | {plan}",
    }
    return verdict_of(judged(tables), "REC107")


@pytest.mark.parametrize(
    ("figures", "sheet"),
    [
        (("1.00", "2.00", "2.00"), "预算执行率"),
        (("2.00", "1.00", "2.00"), ACCOUNTS),
        (("2.00", "2.00", "1.00"), "年度计划"),
        (("1.00", "2.00", "3.00"), "预算执行率"),
        (("", "2.00", "1.00"), ACCOUNTS),
    ],
)
def test_of_three_figures_the_odd_one_out_is_pointed_at(
    figures: tuple[str, str, str], sheet: str
) -> None:
    found = chain(*figures)
    assert found.outcome is Outcome.FAILS
    assert found.anchor is not None and found.anchor.sheet == sheet


def test_the_single_cell_is_pointed_at_not_its_parts() -> None:
    found = one_row("60.00", "30.00", "100.00")
    assert found.anchor is not None and found.anchor.column == "基本支出小计"
    assert (found.low, found.high, found.others) == (
        Decimal("89.99"),
        Decimal("90.01"),
        Decimal("90.00"),
    )


def test_at_most_points_at_the_larger_side() -> None:
    table = "调查对象 | 发放份数 | 回收份数 | 有效份数\n群众 | 100 | 105 | 90"
    found = verdict_of(judged({"满意度调查": table}), "BAL702", "群众")
    assert found.anchor is not None and (found.anchor.column, found.others) == ("回收份数", 100)


def test_of_two_cells_that_are_no_numbers_the_first_is_named() -> None:
    assert one_row("约六十", "#REF!", "100.00").reason == "资金预算执行表!F4 不是数字"


def test_what_is_missing_is_skipped_with_its_name() -> None:
    table = "缺：公用经费\n支出功能分类科目 | 人员经费 | 基本支出小计\n教育支出 | 60.00 | 100.00"
    found = judged({FUNDS: table})
    assert verdict_of(found, "BAL201", "教育支出").reason == "“资金预算执行表”缺少“公用经费”列"
    assert verdict_of(found, "REC101").outcome is Outcome.SKIPPED
