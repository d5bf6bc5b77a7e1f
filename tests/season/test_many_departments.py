"""What grows with the season grows with it evenly: names by an index, reports by whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiao_xlsx.season import pair_reports as pairing
from jixiao_xlsx.season.departments import NameIndex, register
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.work import FileKind, Identity

words = st.text("云川县教育局水务中心", max_size=8)


@given(names=st.lists(words), text=st.text("云川县教育局水务中心年x", max_size=40))
def test_the_index_finds_what_a_search_for_each_name_finds(names: list[str], text: str) -> None:
    for least in (1, 3):
        one_by_one = {name for name in names if len(name) >= least and name in text}
        assert NameIndex(names, least).names_in(text) == one_by_one


def season(number: int) -> tuple[list[Identity], list[Department]]:
    """A folder with a workbook and a report of each department, told apart by the title alone."""
    names = [f"云川县第{at}中学" for at in range(number)]
    files = [
        one
        for at, name in enumerate(names)
        for one in (
            Identity(
                f"收件/{at}.xlsx",
                FileKind.WORKBOOK,
                FileStatus.SUBMITTED,
                department=name,
                year=2025,
                beside="收件",
            ),
            Identity(
                f"收件/{at}.docx",
                FileKind.REPORT,
                FileStatus.UNRECOGNISED,
                opening=(f"{name}2025年度评价报告",),
                beside="收件",
            ),
        )
    ]
    return files, [Department(str(at), name) for at, name in enumerate(names)]


@pytest.mark.parametrize("with_roster", [True, False])
def test_a_report_is_held_against_few_workbooks(
    monkeypatch: pytest.MonkeyPatch, with_roster: bool
) -> None:
    looked: list[int] = []
    belongs = pairing._belongs
    monkeypatch.setattr(pairing, "_belongs", lambda *parts: (looked.append(1), belongs(*parts))[1])
    files, roster = season(40)
    pairs = pairing.pair_reports(files, roster if with_roster else (), ["评价报告"])
    assert {book: pair.report for book, pair in pairs.items()} == {
        f"收件/{at}.xlsx": f"收件/{at}.docx" for at in range(40)
    }
    assert len(looked) <= 2 * 40


def test_a_name_inside_anothers_is_not_meant() -> None:
    roster = [Department("1", "云川县教育局"), Department("2", "云川县教育局教研室")]
    assert register(roster).named_in("云川县教育局教研室2025.xlsx") == {"云川县教育局教研室"}
