"""A small fixed run of the fault bench: no false alarm, every detectable fault told; and the
oracle's own sanity.
"""

from __future__ import annotations

import pytest
from detection import tables
from faults import Figures, Tally, numeric_cells, reason, run
from injuries import inject
from oracle import doubts
from sheets import department

BOOKS, FAULTS = 20, 17


@pytest.fixture(scope="module")
def tally() -> Tally:
    return run(range(BOOKS), FAULTS, files=3)


def test_no_clean_workbook_is_accused(tally: Tally) -> None:
    assert tally.books == BOOKS
    assert not tally.alarms
    assert not tally.apart


def test_clean_workbooks_have_awkward_shapes(tally: Tally) -> None:
    assert {"截尾", "负数", "不适用", "自设指标", "无项目支出", "执行率公式"} <= set(tally.shapes)


def test_faults_are_found_and_their_cells_named_first(tally: Tally) -> None:
    figures = Figures.of(tally.outcomes)
    assert figures.detectable > 200
    assert figures.found >= 0.99 * figures.detectable
    assert figures.near >= 0.95 * figures.placed
    assert figures.first >= 0.90 * figures.nameable


def test_every_reason_for_an_unwatched_cell_names_one() -> None:
    silent = [name for name in numeric_cells() if reason(name)]
    assert 0 < len(silent) <= 0.05 * len(list(numeric_cells()))


@pytest.mark.parametrize("seed", range(40, 48))
def test_the_oracle_believes_clean_workbooks_and_doubts_a_gross_fault(seed: int) -> None:
    import random

    book = department(seed)
    assert doubts(book) in {"", "soft"}
    fault = inject(book, "+1%", random.Random(seed), ("收支总表", "本年支出合计", "决算数"))
    assert fault is None or doubts(fault.book) == "hard"


def test_intervals_accuse_no_right_table_and_see_more() -> None:
    found = tables(300)
    for methods in found.values():
        ours = next(
            values
            for name, values in methods.items()
            if name.startswith("本工具") and "零" not in name
        )
        assert ours[0] == 0
        assert ours[2] > 75
    assert found["四舍五入 5×3"]["常数 ±0.01"][0] > 2
    assert found["自评表稀疏行"]["本工具"][1] > 4 * found["自评表稀疏行"]["XBRL 闭区间"][1]
