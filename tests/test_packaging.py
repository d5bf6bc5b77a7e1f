"""What a double click in the Windows folder does, and what may be handed on."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import jixiao_desk
import notices
import pytest

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "绩效审核"
    folder.mkdir()
    monkeypatch.setattr(jixiao_desk, "HOME", folder)
    return folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder whose name holds what a command line could take for its own."""
    folder = tmp_path / "收到 100% & (1)!"
    folder.mkdir()
    shutil.copy(SAMPLES / "inbox" / "青禾县信访局.xlsx", folder)
    return folder


def answers(text: str) -> Callable[[str], str]:
    return lambda question: text


def test_a_dropped_folder_is_reviewed(
    inbox: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert jixiao_desk.review([inbox]) == 0
    results = inbox.with_name(f"{inbox.name}-结果")
    assert (results / "汇总.xlsx").is_file()
    said = capsys.readouterr().out
    assert "没有部门名册" in said and f"请打开“{results / '汇总.xlsx'}”" in said


def test_the_roster_beside_the_bat_is_used(
    inbox: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(SAMPLES / "departments.csv", home)
    assert jixiao_desk.review([], answers(f' "{inbox}" ')) == 0
    assert f"部门名册：{home / 'departments.csv'}" in capsys.readouterr().out


def test_enter_alone_takes_the_inbox_beside_the_bat(inbox: Path, home: Path) -> None:
    shutil.move(inbox, home / "收件箱")
    assert jixiao_desk.review([], answers("")) == 0
    assert (home / "收件箱-结果" / "汇总.xlsx").is_file()


@pytest.mark.parametrize(
    ("path", "said"),
    [("/no/such/folder", "找不到"), ("/", "整个盘"), ("long", "路径太长")],
)
def test_what_cannot_be_reviewed_is_said(tmp_path: Path, path: str, said: str) -> None:
    place = Path(path)
    if path == "long":
        place = tmp_path / ("长" * 70) / ("长" * 70)
        place.mkdir(parents=True)
    with pytest.raises(jixiao_desk.Stop, match=said):
        jixiao_desk.review([place])


def test_what_was_dropped_comes_in_order() -> None:
    given = {"JIXIAO_DROPPED_1": "C:\\a & b", "JIXIAO_DROPPED_2": "", "JIXIAO_DROPPED_3": "D:\\%x%"}
    assert [str(path) for path in jixiao_desk.dropped(given)] == ["C:\\a & b", "D:\\%x%"]


def test_blank_workbooks_for_a_dropped_roster(tmp_path: Path) -> None:
    roster = tmp_path / "名册.csv"
    roster.write_text("部门编码,部门名称\n101,青禾县水务局\n", encoding="gbk")
    assert jixiao_desk.blank([roster]) == 0
    assert [path.name[:6] for path in (tmp_path / "空白表").glob("*.xlsx")] == ["青禾县水务局"]
    with pytest.raises(jixiao_desk.Stop, match="不是文件"):
        jixiao_desk.blank([tmp_path])


def test_the_selftest_finds_a_damaged_file(home: Path) -> None:
    (home / "样例").mkdir()
    shutil.copy(SAMPLES / "inbox" / "青禾县信访局.xlsx", home / "样例")
    (home / "甲.txt").write_text("一")
    digest = hashlib.sha256("一".encode()).hexdigest()
    (home / "校验.txt").write_text(f"{digest}  甲.txt\n", encoding="utf-8")
    assert jixiao_desk.selftest([]) == 0
    (home / "甲.txt").write_text("二")
    with pytest.raises(jixiao_desk.Stop, match=r"甲\.txt"):
        jixiao_desk.selftest([])


def test_a_fault_of_the_program_is_one_line_and_a_record(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(jixiao_desk, "TASKS", {"blank": lambda given: 1 // 0})
    assert jixiao_desk.main("blank") == 1
    assert "请交给维护人员" in capsys.readouterr().out
    assert "ZeroDivisionError" in (home / jixiao_desk.RECORD).read_text(encoding="utf-8")


class Package:
    """A distribution with the lines of its metadata."""

    name, version = "some", "1"

    def __init__(self, **lines: str) -> None:
        self.lines = {name.replace("_", "-"): text for name, text in lines.items()}
        self.metadata = self

    def get(self, name: str) -> str | None:
        return self.lines.get(name)

    def get_all(self, name: str) -> list[str]:
        return self.lines.get(name, "").splitlines()


@pytest.mark.parametrize(
    "lines",
    [
        {"License_Expression": "GPL-3.0-or-later"},
        {"License_Expression": "MIT OR AGPL-3.0-only"},
        {"Classifier": "License :: OSI Approved :: GNU General Public License v2 (GPLv2)"},
        {"License": "GPLv3"},
        {"License": "GNU General Public License"},
        {},
    ],
)
def test_what_is_under_the_gpl_is_not_handed_on(lines: dict[str, str]) -> None:
    with pytest.raises(notices.NotToBeHandedOn):
        notices.licence_of(Package(**lines))


@pytest.mark.parametrize(
    "lines",
    [
        {"License_Expression": "LGPL-2.1-or-later"},
        {"Classifier": "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"},
        {"License": "MIT License\n\nCopyright …"},
        {"Classifier": "License :: OSI Approved :: BSD License"},
    ],
)
def test_other_licences_may_go_along(lines: dict[str, str]) -> None:
    assert notices.licence_of(Package(**lines))
