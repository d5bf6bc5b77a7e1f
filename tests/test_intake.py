"""Folders, the roster, bureau.toml, and which submission of a department counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jixiao_xlsx.intake import BUREAU_FILE, InputError, beside, candidates, read_bureau, read_roster, season, settle
from jixiao_xlsx.model import Answer, Bureau, Department, FileStatus, Report

SAMPLES = Path(__file__).parent.parent / "samples"
HEADER = "部门编码,部门名称,简称,曾用名,主管部门,归口股室,联系人,电话,邮箱\n"
FINANCE = Department("201", "青禾县财政局", "财政局", ("青禾县财税局",))
AGENCY = Department("202", "青禾县机关事务中心", "事务中心", ("青禾县机关事务管理局",))
SERVICE = Department("203", "青禾县政务服务中心", "事务中心")
ROSTER = (FINANCE, AGENCY, SERVICE)


def put(folder: Path, name: str, data: bytes = b"x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def answer(file: str, department: str = "", code: str = "", *, year: int | None = 2023, sha256: str = "") -> Answer:
    report = Report(file, sha256 or file, department, code, year, (), {}, ())
    return Answer(file, FileStatus.SUBMITTED, sha256=sha256 or file, department=department, report=report)


def settled(*answers: Answer, year: int | None = 2023, roster: tuple[Department, ...] = ROSTER, **saved: int) -> list[Answer]:
    times = {a.file: 0 for a in answers} | {f"{name}.xlsx": when for name, when in saved.items()}
    return list(settle(answers, roster, year, times))


# ---------------------------------------------------------------------------------------------------- candidates


def test_every_file_is_accounted_for_in_a_fixed_order(tmp_path: Path) -> None:
    for name in (
        "乙.xlsx",
        "甲/丙.et",
        "甲/~$丙.et",
        "Thumbs.db",
        "__MACOSX/甲/._丙.et",
        ".DS_Store",
        "报告.docx",
        "包.zip",
        "信.eml",
        "x.bin",
    ):
        put(tmp_path, name)
    found = {candidate.file: candidate.set_aside for candidate in candidates([tmp_path])}
    assert list(found) == sorted(found)
    assert {name for name, reason in found.items() if not reason} == {"乙.xlsx", "甲/丙.et"}
    assert "锁文件" in found["甲/~$丙.et"]
    assert "操作系统" in found["Thumbs.db"] == found[".DS_Store"] == found["__MACOSX/甲/._丙.et"]
    assert found["包.zip"] == "压缩包：请解压后再放入"
    assert "取出附件" in found["信.eml"]
    assert found["报告.docx"].startswith("不是工作簿") and found["x.bin"].startswith("不是工作簿")


def test_the_output_folder_inside_an_inbox_is_not_read_again(tmp_path: Path) -> None:
    put(tmp_path, "甲.xlsx")
    put(tmp_path, "结果/评分/甲.xlsx")
    assert [c.file for c in candidates([tmp_path], skip=tmp_path / "结果")] == ["甲.xlsx"]


def test_names_of_several_inboxes_are_told_apart_and_a_file_counts_once(tmp_path: Path) -> None:
    one = put(tmp_path, "一批/甲.xlsx")
    two = put(tmp_path, "二批/甲.xlsx")
    assert [c.file for c in candidates([tmp_path / "一批", tmp_path / "二批", one])] == ["一批/甲.xlsx", "二批/甲.xlsx"]
    assert sorted(c.file for c in candidates([one, two])) == ["二批/甲.xlsx", "甲.xlsx"]


def test_a_pipe_among_the_files_is_not_opened(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "管道.xlsx")
    assert candidates([tmp_path])[0].set_aside == "不是普通文件"


def test_a_dangling_link_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有")
    assert candidates([tmp_path])[0].set_aside.startswith("无法打开")


# ------------------------------------------------------------------------------------------------ roster, bureau


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_roster_reads_in_the_encodings_of_excel(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "departments.csv"
    path.write_bytes(
        (HEADER + "201,青禾县财政局,财政局,县财税局、县税务|旧名,,绩效股,张三,0900-1,a@x.example.com\n,,,,,,,,\n").encode(encoding)
    )
    assert read_roster(path) == (
        Department(
            "201", "青禾县财政局", "财政局", ("县财税局", "县税务", "旧名"), "", "绩效股", "张三", "0900-1", "a@x.example.com"
        ),
    )


def test_every_mistake_of_a_roster_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "departments.csv"
    path.write_text(HEADER + "201,甲局\n201,乙局\n,\n203,\n204,甲局,,,,,,,,多\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_roster(path)
    assert caught.value.mistakes == (
        "第 3 行：部门编码“201”与第 2 行重复",
        "第 5 行：部门名称未填",
        "第 6 行：比列名多 1 格，请检查多余的逗号",
        "第 6 行：部门名称“甲局”与第 2 行重复",
    )


def test_a_file_that_is_no_roster_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="缺少“部门名称”一列"):
        read_roster(put(tmp_path, "x.csv", b"a,b\n1,2\n"))


def test_bureau_keys_need_no_quotation_marks(tmp_path: Path) -> None:
    text = '局名 = "青禾县财政局"\n"股室" = "绩效股"\n截止日期 = 2024-03-15\n评价年度 = 2023\n'
    bureau = read_bureau(put(tmp_path, "bureau.toml", text.encode()))
    assert (bureau.name, bureau.office, bureau.deadline, bureau.year) == ("青禾县财政局", "绩效股", "2024年3月15日", 2023)


def test_every_mistake_of_a_bureau_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_bureau(put(tmp_path, "bureau.toml", '局长 = "某"\n电话 = [1]\n评价年度 = "二三"\n'.encode()))
    assert [mistake.split("：")[0] for mistake in caught.value.mistakes] == ["局长", "电话", "评价年度"]


def test_the_bureau_file_is_found_beside_the_roster(tmp_path: Path) -> None:
    roster = put(tmp_path, "departments.csv")
    assert beside(roster, BUREAU_FILE) is None
    assert beside(None, BUREAU_FILE) is None
    assert put(tmp_path, "bureau.toml") == beside(roster, BUREAU_FILE)


def test_the_sample_county_reads() -> None:
    roster = read_roster(SAMPLES / "departments.csv")
    invented = [d for d in roster if not d.name.startswith("临泽县")]  # the department of the real report comes on top
    assert len(invented) == 60 and len(roster) == 61
    assert all(d.code and d.name and d.office and d.contact and d.phone for d in roster)
    assert all(d.email.endswith("example.com") for d in roster)
    bureau = read_bureau(SAMPLES / "bureau.toml")
    assert bureau.year == 2023 and bureau.name and bureau.deadline and bureau.return_by and bureau.document_number


# ---------------------------------------------------------------------------------------------- which one counts


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("青禾县财政局", "201"),
        ("青禾县 财政局", ""),
        ("财政局", ""),
        ("青禾县财税局", ""),
        ("", "201"),
        ("某某局", "２０１"),
        ("财政局", "999"),
    ],
)
def test_a_department_is_known_by_code_name_short_and_former_name(typed: str, code: str) -> None:
    [one] = settled(answer("甲.xlsx", typed, code))
    assert (one.status, one.department) == (FileStatus.SUBMITTED, "青禾县财政局")


def test_a_match_that_is_not_plain_says_how_it_was_made() -> None:
    assert "不在名册中" in settled(answer("甲.xlsx", "某某局", "201"))[0].reason
    assert "不在名册中" in settled(answer("甲.xlsx", "财政局", "999"))[0].reason


@pytest.mark.parametrize(("typed", "code"), [("", ""), ("某某局", ""), ("某某局", "999"), ("事务中心", "")])
def test_a_match_is_never_guessed(typed: str, code: str) -> None:
    [one] = settled(answer("甲.xlsx", typed, code))
    assert one.status is FileStatus.NOT_IN_ROSTER and one.reason
    assert one.report is None


def test_an_ambiguous_name_with_a_code_is_plain() -> None:
    assert settled(answer("甲.xlsx", "事务中心", "203"))[0].department == "青禾县政务服务中心"


def test_code_and_name_of_two_departments_are_a_question() -> None:
    [one] = settled(answer("甲.xlsx", "青禾县财政局", "202"))
    assert one.status is FileStatus.OTHER_DEPARTMENT
    assert "青禾县机关事务中心" in one.reason and "青禾县财政局" in one.reason


def test_a_name_that_another_department_gave_up_belongs_to_its_owner() -> None:
    roster = (Department("1", "甲局", former=("乙局",)), Department("2", "乙局"))
    assert settled(answer("乙.xlsx", "乙局"), roster=roster)[0].department == "乙局"


def test_without_a_roster_every_name_stands() -> None:
    one, two = settled(answer("甲.xlsx", "某某局"), answer("乙.xlsx"), roster=())
    assert (one.status, one.department) == (FileStatus.SUBMITTED, "某某局")
    assert two.status is FileStatus.SUBMITTED and "未填" in two.department


def test_the_season_is_the_bureaus_year_or_that_of_most_files() -> None:
    reports = [
        a.report
        for a in (answer("a", year=2022), answer("b", year=2023), answer("c", year=2023), answer("d", year=None))
        if a.report
    ]
    assert season(reports, Bureau()) == 2023
    assert season(reports, Bureau(year=2021)) == 2021
    assert season([], Bureau()) is None


def test_another_years_workbook_does_not_count_but_a_missing_year_does() -> None:
    old, blank = settled(answer("旧.xlsx", "财政局", year=2022), answer("新.xlsx", "财政局", year=None))
    assert old.status is FileStatus.OTHER_YEAR and "2022" in old.reason and "2023" in old.reason
    assert blank.status is FileStatus.SUBMITTED


def test_the_latest_of_one_department_counts() -> None:
    first, second = settled(answer("甲.xlsx", "财政局"), answer("乙.xlsx", "青禾县财政局", "201"), 甲=20, 乙=10)
    assert first.status is FileStatus.SUBMITTED
    assert second.status is FileStatus.DUPLICATE and "甲.xlsx" in second.reason and "保存时间较晚" in second.reason
    assert second.report is None


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("表.xlsx", "表（终稿）.xlsx"),
        ("表v1.xlsx", "表v2.xlsx"),
        ("表（1）.xlsx", "表(2).xlsx"),
        ("表(9).xlsx", "表最新.xlsx"),
        ("表v9.xlsx", "表v10.xlsx"),
    ],
)
def test_among_equal_times_the_marks_in_the_name_decide(older: str, newer: str) -> None:
    for order in ((older, newer), (newer, older)):
        by_name = {a.file: a for a in settled(*(answer(name, "财政局") for name in order))}
        assert by_name[newer].status is FileStatus.SUBMITTED
        assert by_name[older].status is FileStatus.DUPLICATE and "版本" in by_name[older].reason


def test_identical_bytes_are_one_submission() -> None:
    one, two, three = settled(
        answer("甲.xlsx", "财政局", sha256="s"),
        answer("乙.xlsx", "财政局", sha256="s"),
        answer("丙.xlsx", "财政局"),
        甲=5,
        乙=9,
        丙=1,
    )
    assert [one.status, two.status, three.status] == [FileStatus.DUPLICATE, FileStatus.SUBMITTED, FileStatus.DUPLICATE]
    assert "完全相同" in one.reason and "保存时间较晚" in three.reason
