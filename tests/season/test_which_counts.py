"""Which submission of a department counts, and what comes along with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from jixiao_xlsx.intake.roster import Choice
from jixiao_xlsx.season.assign import Assignment
from jixiao_xlsx.season.material import with_hints
from jixiao_xlsx.season.settle import entries_of
from jixiao_xlsx.season.which_counts import Placed, chosen_files, place, year_of
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.season import Entry, Facts, FileStatus, Letter
from jixiao_xlsx.values.work import Examined, FileKind, Identity, Work

FINANCE = Department("201", "青禾县财政局", "财政局", ("青禾县财税局",), email="CZJ@example.com")
AGENCY = Department("202", "青禾县机关事务中心", "事务中心", ("青禾县机关事务管理局",))
SERVICE = Department(
    "203", "青禾县政务服务中心", "事务中心", email="zw@example.com、zw2@example.com"
)
ROSTER = (FINANCE, AGENCY, SERVICE)


def entry(
    file: str, department: str = "", code: str = "", *, year: int | None = 2023, sha256: str = ""
) -> Identity:
    """A workbook with what is typed in it."""
    return Identity(
        file,
        FileKind.WORKBOOK,
        FileStatus.SUBMITTED,
        sha256=sha256 or file,
        department=department,
        code=code,
        year=year,
    )


def accounted(
    placed: Sequence[Placed], roster: tuple[Department, ...], scopes: Mapping[str, str]
) -> list[Entry]:
    """The files with their status, as if each that counts had been examined."""
    works = {one.identity.file: Work(one.identity.file, one.department) for one in placed}
    examined = {
        one.identity.file: Examined(
            one.identity.file,
            report_of(one.identity),
            facts=Facts(scope=scopes.get(one.identity.file, "")),
        )
        for one in placed
        if one.counts and one.identity.kind is FileKind.WORKBOOK
    }
    assignment = Assignment(2023, tuple(placed), works, {})
    return list(entries_of(assignment, examined, roster))


def report_of(one: Identity) -> Report:
    return Report(one.file, one.sha256, one.department, one.code, one.year, (), {}, ())


def settled(
    *identities: Identity,
    year: int | None = 2023,
    roster: tuple[Department, ...] = ROSTER,
    choices: Mapping[str, Choice] | None = None,
    scopes: Mapping[str, str] | None = None,
    **saved: int,
) -> list[Entry]:
    dated = [replace(one, saved=saved.get(one.file.removesuffix(".xlsx"), 0)) for one in identities]
    return accounted(place(dated, roster, year, choices or {}), roster, scopes or {})


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
    [one] = settled(entry("甲.xlsx", typed, code))
    assert (one.status, one.department) == (FileStatus.SUBMITTED, "青禾县财政局")


def test_a_match_that_is_not_plain_says_how_it_was_made() -> None:
    assert "不在名册中" in settled(entry("甲.xlsx", "某某局", "201"))[0].reason
    assert "不在名册中" in settled(entry("甲.xlsx", "财政局", "999"))[0].reason


@pytest.mark.parametrize(
    ("typed", "code"), [("", ""), ("某某局", ""), ("某某局", "999"), ("事务中心", "")]
)
def test_a_match_is_never_guessed(typed: str, code: str) -> None:
    [one] = settled(entry("甲.xlsx", typed, code))
    assert one.status is FileStatus.NOT_IN_ROSTER and one.reason
    assert one.report is None


def test_an_ambiguous_name_with_a_code_is_plain() -> None:
    assert settled(entry("甲.xlsx", "事务中心", "203"))[0].department == "青禾县政务服务中心"


def test_code_and_name_of_two_departments_are_a_question() -> None:
    [one] = settled(entry("甲.xlsx", "青禾县财政局", "202"))
    assert one.status is FileStatus.OTHER_DEPARTMENT
    assert "青禾县机关事务中心" in one.reason and "青禾县财政局" in one.reason


def test_a_name_that_another_department_gave_up_belongs_to_its_owner() -> None:
    roster = (Department("1", "甲局", former=("乙局",)), Department("2", "乙局"))
    assert settled(entry("乙.xlsx", "乙局"), roster=roster)[0].department == "乙局"


def test_a_blank_form_never_beats_a_filled_one() -> None:
    older, blank = entry("甲.xlsx", "财政局"), replace(entry("乙.xlsx", "财政局"), blank=True)
    one, two = settled(older, blank, 甲=100, 乙=900)
    assert one.counts and not two.counts
    assert (
        two.status is FileStatus.DUPLICATE
        and two.reason == "同一部门以“甲.xlsx”为准（这一份是空白表，没有填写）"
    )
    choice = Choice("青禾县财政局", "乙.xlsx", "overrides.csv 第 2 行")
    chosen = settled(older, blank, choices={"乙.xlsx": choice})
    assert [one.counts for one in chosen] == [False, True]


def test_a_blank_form_alone_is_called_blank() -> None:
    [one] = settled(replace(entry("甲.xlsx", "财政局"), blank=True))
    assert one.counts and one.reason == "空白表，没有填写"
    earlier, later = settled(
        *(replace(entry(f"{name}.xlsx", "财政局"), blank=True) for name in "甲乙"), 甲=100, 乙=900
    )
    assert later.counts and earlier.status is FileStatus.DUPLICATE and "保存时间" in earlier.reason


@pytest.mark.parametrize("roster", [ROSTER, ()])
def test_a_blank_form_of_nobody_is_no_department(roster: tuple[Department, ...]) -> None:
    [one] = settled(replace(entry("空白表.xlsx"), blank=True), roster=roster)
    assert (one.status, one.department) == (FileStatus.UNRECOGNISED, "")
    assert one.reason == "空白表，没有填写，也没有部门名称" and one.report is None


def test_without_a_roster_every_name_stands() -> None:
    one, two = settled(entry("甲.xlsx", "某某局"), entry("乙.xlsx"), roster=())
    assert (one.status, one.department) == (FileStatus.SUBMITTED, "某某局")
    assert two.status is FileStatus.SUBMITTED and "未填" in two.department


def test_the_season_is_the_bureaus_year_or_that_of_most_files() -> None:
    years = {"a": 2022, "b": 2023, "c": 2023, "d": None}
    identities = [entry(file, year=year) for file, year in years.items()]
    assert year_of(identities, Bureau()) == 2023
    assert year_of(identities, Bureau(year=2021)) == 2021
    assert year_of([], Bureau()) is None


def test_another_years_workbook_does_not_count_but_a_missing_year_does() -> None:
    old, blank = settled(
        entry("旧.xlsx", "财政局", year=2022), entry("新.xlsx", "财政局", year=None)
    )
    assert old.status is FileStatus.OTHER_YEAR and "2022" in old.reason and "2023" in old.reason
    assert blank.status is FileStatus.SUBMITTED


def test_the_latest_of_one_department_counts() -> None:
    first, second = settled(
        entry("甲.xlsx", "财政局"), entry("乙.xlsx", "青禾县财政局", "201"), 甲=20, 乙=10
    )
    assert first.status is FileStatus.SUBMITTED
    assert (
        second.status is FileStatus.DUPLICATE
        and "甲.xlsx" in second.reason
        and "保存时间较晚" in second.reason
    )
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
        by_name = {a.file: a for a in settled(*(entry(name, "财政局") for name in order))}
        assert by_name[newer].status is FileStatus.SUBMITTED
        assert by_name[older].status is FileStatus.DUPLICATE and "版本" in by_name[older].reason


def test_identical_bytes_are_one_submission() -> None:
    one, two, three = settled(
        entry("甲.xlsx", "财政局", sha256="s"),
        entry("乙.xlsx", "财政局", sha256="s"),
        entry("丙.xlsx", "财政局"),
        甲=5,
        乙=9,
        丙=1,
    )
    assert [one.status, two.status, three.status] == [
        FileStatus.DUPLICATE,
        FileStatus.SUBMITTED,
        FileStatus.DUPLICATE,
    ]
    assert "完全相同" in one.reason and "保存时间较晚" in three.reason


# ----------------------------------------------------------------------------------- mail and names


def by_mail(one: Identity, date: str = "", sender: str = "") -> Identity:
    return replace(one, letter=Letter(sender, date, ""))


def test_the_date_of_the_mail_comes_before_the_time_of_saving() -> None:
    older = by_mail(entry("甲.xlsx", "财政局"), "2024-03-01T09:00:00+08:00")
    newer = by_mail(entry("乙.xlsx", "财政局"), "2024-03-02T09:00:00+08:00")
    one, two = settled(older, newer, 甲=2_000_000_000, 乙=10)
    assert (
        one.status is FileStatus.DUPLICATE
        and "邮件日期较晚" in one.reason
        and two.status is FileStatus.SUBMITTED
    )


def test_a_file_without_mail_is_held_against_mail_by_its_time_of_saving() -> None:
    sent = by_mail(entry("甲.xlsx", "财政局"), "2024-03-01T00:00:00+00:00")  # 1709251200
    assert (
        settled(sent, entry("乙.xlsx", "财政局"), 乙=1709251201)[0].status is FileStatus.DUPLICATE
    )
    assert (
        settled(sent, entry("乙.xlsx", "财政局"), 乙=1709251199)[1].status is FileStatus.DUPLICATE
    )


def test_a_sender_registered_to_another_is_a_hint_and_decides_nothing() -> None:
    other = settled(by_mail(entry("甲.xlsx", "财政局"), sender="zw2@example.com"))[0]
    assert other.status is FileStatus.SUBMITTED and other.department == "青禾县财政局"
    assert "zw2@example.com" in other.reason and "青禾县政务服务中心" in other.reason
    assert settled(by_mail(entry("甲.xlsx", "财政局"), sender="czj@example.com"))[0].reason == ""
    assert (
        settled(by_mail(entry("甲.xlsx", "财政局"), sender="somebody@example.com"))[0].reason == ""
    )
    lost = settled(by_mail(entry("甲.xlsx", "某局"), sender="czj@example.com"))[0]
    assert lost.status is FileStatus.NOT_IN_ROSTER and "青禾县财政局" in lost.reason


@pytest.mark.parametrize(
    ("file", "hinted"),
    [
        ("青禾县机关事务中心.xlsx", True),
        ("包.zip/青禾县机关事务管理局2023.xlsx", True),
        ("青禾县财政局报机关事务中心.xlsx", False),
        ("财政局自评表.xlsx", False),
        ("事务中心.xlsx", False),  # a name of two departments says nothing
        ("自评表.xlsx", False),
        ("青禾县机关事务中心.xlsx", True),
        ("甘谷县机关事务管理局.xlsx", False),  # another county's
    ],
)
def test_a_file_named_after_another_department_is_a_hint(file: str, hinted: bool) -> None:
    [one] = settled(entry(file, "财政局"))
    assert one.status is FileStatus.SUBMITTED and ("文件名里" in one.reason) is hinted


@pytest.mark.parametrize(
    ("file", "sender", "owner"),
    [
        (
            "机关事务管理局（加密）.xlsx",
            "",
            "青禾县机关事务中心",
        ),  # a former name, without the county's
        ("财政局/坏.xlsx", "", "青禾县财政局"),
        ("财政局/政务服务中心.rar", "", "青禾县政务服务中心"),  # the nearest name speaks
        ("青禾县财政局.7z", "", "青禾县财政局"),
        ("信.eml/坏.xlsx", "zw@example.com", "青禾县政务服务中心"),
        ("财政局和政务服务中心.zip", "", ""),
        ("事务中心.xlsx", "", ""),  # a name of two departments
        ("甘谷县财政局.xlsx", "", ""),
        ("坏.xlsx", "somebody@example.com", ""),
        ("~$财政局.xlsx", "", ""),
    ],
)
def test_a_file_nobody_could_read_stands_beside_whom_it_seems_to_be_of(
    file: str, sender: str, owner: str
) -> None:
    for status in (FileStatus.UNREADABLE, FileStatus.UNRECOGNISED):
        [one] = with_hints(
            [Entry(file, status, "坏", letter=Letter(sender) if sender else None)], ROSTER
        )
        assert (one.status, one.department, one.counts) == (status, owner, False)
        assert one.reason == (
            f"坏；看{'发件人' if sender else '名称'}像是“{owner}”的" if owner else "坏"
        )


# ------------------------------------------------------------------------------ the reviewer's word

CHOICE = Choice("青禾县财政局", "旧.xlsx", "overrides.csv 第 2 行")


def chosen(*identities: Identity, **saved: int) -> list[Entry]:
    files, notes = chosen_files((CHOICE,), [one.file for one in identities])
    assert not notes
    return settled(*identities, choices=files, **saved)


def test_the_chosen_file_counts_whatever_its_age() -> None:
    old, new = chosen(entry("旧.xlsx", "财政局"), entry("新.xlsx", "财政局"), 旧=1, 新=9)
    assert old.status is FileStatus.SUBMITTED and "overrides.csv 第 2 行" in old.reason
    assert (
        new.status is FileStatus.DUPLICATE
        and "旧.xlsx" in new.reason
        and "overrides.csv 第 2 行" in new.reason
    )


def test_a_choice_settles_what_was_a_question() -> None:
    [one] = chosen(entry("包.zip/旧.xlsx", "某局", year=2022))
    assert (one.status, one.department) == (FileStatus.SUBMITTED, "青禾县财政局")


def test_a_choice_of_an_unreadable_file_changes_nothing() -> None:
    [one] = chosen(Identity("旧.xlsx", FileKind.WORKBOOK, FileStatus.UNREADABLE, "坏"))
    assert one.status is FileStatus.UNREADABLE


def test_choices_that_do_nothing_are_told() -> None:
    files = ["甲/旧.xlsx", "乙/旧.xlsx", "丙.xlsx"]
    _, notes = chosen_files(
        (
            CHOICE,
            Choice("乙", "没有.xlsx", "第 3 行"),
            Choice("丙", "丙.xlsx", "第 4 行"),
            Choice("丁", "丙.xlsx", "第 5 行"),
        ),
        files,
    )
    assert ["请写全路径" in notes[0], "没有找到" in notes[1], "已指定给“丙”" in notes[2]] == [
        True
    ] * 3 and len(notes) == 3


# ---------------------------------------------------------------------------- departments and units


def test_a_unit_inside_its_departments_sum_says_so() -> None:
    roster = (
        Department("1", "甲局", "甲"),
        Department("2", "甲局站", parent="甲"),
        Department("3", "乙站", parent="没有"),
    )
    books = (entry("甲.xlsx", "甲局"), entry("站.xlsx", "甲局站"), entry("乙.xlsx", "乙站"))
    done = settled(*books, roster=roster, scopes={"甲.xlsx": "部门汇总"})
    assert "不重复相加" in done[1].reason and not done[0].reason and not done[2].reason
    alone = settled(*books[:2], roster=roster, scopes={"甲.xlsx": "单位本级"})
    assert not alone[1].reason


# --------------------------------------------------------------------------------- what comes along


def document(file: str, letter: Letter | None = None) -> Identity:
    return Identity(file, FileKind.OTHER, FileStatus.UNRECOGNISED, "文档", "d", 1, letter=letter)


def kept(*identities: Identity, documents: dict[str, str]) -> dict[str, Entry]:
    placed = [
        replace(one, beside=documents.get(one.file, ""), document=one.file in documents)
        for one in identities
    ]
    return {a.file: a for a in settled(*placed)}


def test_a_report_is_kept_with_its_department_by_name_by_mail_and_by_folder() -> None:
    done = kept(
        entry("甲/表.xlsx", "财政局"),
        entry("信.eml/包.zip/表.xlsx", "机关事务管理局", "202"),
        document("甲/报告.docx"),
        document("信.eml/报告.pdf", Letter()),
        document("政务服务中心自评报告.docx"),
        document("青禾县政务服务中心自评报告.docx"),
        documents={
            "甲/报告.docx": "甲",
            "信.eml/报告.pdf": "信.eml",
            "政务服务中心自评报告.docx": "",
            "青禾县政务服务中心自评报告.docx": "",
        },
    )
    assert {file: one.department for file, one in done.items() if one.material} == {
        "甲/报告.docx": "青禾县财政局",
        "信.eml/报告.pdf": "青禾县机关事务中心",
        "青禾县政务服务中心自评报告.docx": "青禾县政务服务中心",
    }
    assert all(
        one.status is FileStatus.SUBMITTED and not one.counts and "随附材料" in one.reason
        for one in done.values()
        if one.material
    )
    assert done["政务服务中心自评报告.docx"].status is FileStatus.UNRECOGNISED
    lonely = {file for file, one in done.items() if "还没有报来能用的工作簿" in one.reason}
    assert lonely == {"青禾县政务服务中心自评报告.docx"}


def test_a_report_that_could_be_of_two_is_a_question() -> None:
    done = kept(
        entry("甲/表.xlsx", "财政局"),
        document("甲/青禾县政务服务中心.docx"),
        documents={"甲/青禾县政务服务中心.docx": "甲"},
    )
    one = done["甲/青禾县政务服务中心.docx"]
    assert (
        one.status is FileStatus.UNRECOGNISED
        and "青禾县财政局" in one.reason
        and "青禾县政务服务中心" in one.reason
    )


def test_a_folder_of_many_departments_says_nothing_of_a_report() -> None:
    done = kept(
        entry("甲/1.xlsx", "财政局"),
        entry("甲/2.xlsx", "", "202"),
        document("甲/报告.docx"),
        documents={"甲/报告.docx": "甲"},
    )
    assert done["甲/报告.docx"].status is FileStatus.UNRECOGNISED


def test_a_code_before_the_name_in_one_cell() -> None:
    (placed,) = place([entry("甲.xlsx", "202-青禾县机关事务中心")], ROSTER, 2023, {})
    assert (placed.department, placed.status) == (AGENCY.name, FileStatus.SUBMITTED)


def test_a_code_of_one_before_the_name_of_another_is_for_the_reviewer() -> None:
    (placed,) = place([entry("甲.xlsx", "201-青禾县机关事务中心")], ROSTER, 2023, {})
    assert placed.status is not FileStatus.SUBMITTED


@pytest.mark.parametrize(
    ("file", "department", "status"),
    [
        ("青禾县机关事务中心三公.xlsx", AGENCY.name, FileStatus.SUBMITTED),
        ("青禾县财政局/三公经费.xlsx", FINANCE.name, FileStatus.SUBMITTED),
        ("青禾县财政局、青禾县机关事务中心.xlsx", "", FileStatus.NOT_IN_ROSTER),
        ("三公经费.xlsx", "", FileStatus.NOT_IN_ROSTER),
    ],
)
def test_a_form_that_does_not_ask_whose_it_is(
    file: str, department: str, status: FileStatus
) -> None:
    (placed,) = place([replace(entry(file), unasked=True)], ROSTER, 2023, {})
    assert (placed.department, placed.status) == (department, status)


def test_a_name_that_was_asked_for_and_not_typed_is_never_guessed() -> None:
    (placed,) = place([entry("青禾县财政局.xlsx")], ROSTER, 2023, {})
    assert placed.status is FileStatus.NOT_IN_ROSTER
