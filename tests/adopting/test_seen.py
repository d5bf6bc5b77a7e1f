"""From a county's blank to the address of every cell that a person fills in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jixiao_xlsx.adopting.adopt import understand_file
from jixiao_xlsx.adopting.seen.boxes import boxed_sheet, boxed_sheets
from jixiao_xlsx.adopting.seen.tree import TitleLine, path_of, placed
from jixiao_xlsx.adopting.understanding import Field, understand
from jixiao_xlsx.reading.sheets import read_worksheets
from tests.adopting.forms import CASES, Case
from tests.adopting.sheets import book


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_cell_has_its_address(case: Case) -> None:
    fields = understand_file(book(case.sheets, borders=case.borders)).fields
    found = {
        f"{one.sheet}!{one.ref}": ("/".join(one.row), "/".join(one.column), one.unit)
        for one in fields
    }
    assert {place: found.get(place) for place in case.cells} == case.cells
    assert len(found) == case.count, sorted(found)


def test_no_cell_stands_twice() -> None:
    for case in CASES.values():
        fields = understand_file(book(case.sheets)).fields
        places = [(one.sheet, one.ref) for one in fields]
        assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("titles", "parents"),
    [
        (["一、甲", "（一）乙", "（二）丙", "二、丁"], [None, 0, 0, None]),
        (["甲", "  其中：乙", "        丙", "丁"], [None, 0, 0, None]),
        (["年度资金总额", "其中：当年", "上年", "其他"], [None, 0, 0, 0]),
        (["1.甲", "  其中：乙", "2.丙", "合计"], [None, 0, None, None]),
        (["甲", "    乙", "    丙", "小计"], [None, 0, 0, None]),
    ],
)
def test_titles_are_parts_of_others(titles: list[str], parents: list[int | None]) -> None:
    lines = [TitleLine(title, len(title) - len(title.lstrip())) for title in titles]
    assert [one.parent for one in placed(lines)] == parents


def test_the_path_of_a_title_names_what_it_is_part_of() -> None:
    lines = [TitleLine("一、甲"), TitleLine("其中：乙"), TitleLine("二、丙"), TitleLine("其中：乙")]
    places = placed(lines)
    assert path_of(1, lines, places) == ("一、甲", "其中：乙")
    assert path_of(3, lines, places) == ("二、丙", "其中：乙")


_CELLS = st.sampled_from(
    [
        "",
        "",
        "",
        "合计",
        "其中：甲",
        "一、乙",
        "项目",
        "预算数",
        "1",
        "单位：万元",
        "部门：",
        "*",
        "<",
        "^",
        "得分",
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(_CELLS, min_size=1, max_size=5), min_size=1, max_size=8))
def test_any_sheet_can_be_looked_at(rows: list[list[str]]) -> None:
    """Whatever stands on a sheet, each cell found is empty or marked, and is found once."""
    width = max(map(len, rows))
    text = "\n".join("|".join(row + [""] * (width - len(row))) for row in rows)
    grids = boxed_sheets(book({"表": "!.\n" + text}))[1]
    fields = understand(grids).fields
    assert len({one.box for one in fields}) == len(fields)


ENDS_BLANK = "a total above open lines"  # where such a table ends does not show without lines
SHOWN = {name: case for name, case in CASES.items() if name != ENDS_BLANK}


@pytest.mark.parametrize("case", SHOWN.values(), ids=SHOWN)
def test_a_sheet_of_which_only_texts_and_merges_are_known(case: Case) -> None:
    """As of .xls: borders, fills and alignment do not show there."""
    data = book(case.sheets)
    sheets = read_worksheets(data, lambda name, hidden: True)
    bare = understand([boxed_sheet(sheet, {}) for sheet in sheets]).fields
    whole = understand_file(data).fields
    assert {_address(one) for one in bare} == {_address(one) for one in whole}


def _address(one: Field) -> tuple[str, str, tuple[str, ...], tuple[str, ...], str]:
    return one.sheet, one.ref, one.row, one.column, one.unit
