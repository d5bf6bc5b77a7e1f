"""The reviewer's word: read back from scored workbooks by name, checked, never lost, and what the
ranking goes by.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import office
import openpyxl
import pytest
from click.testing import CliRunner

import jixiao_xlsx as jx
from jixiao_xlsx.cli import main
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.scoring import scorer
from jixiao_xlsx.season.review.apply_reviews import reviewed
from jixiao_xlsx.season.review.read_reviews import read_review
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.season import Season

SAMPLES = Path(__file__).parents[2] / "samples"
ROSTER = SAMPLES / "departments.csv"
FORM = find_template()
SENT = {"青禾县信访局": "青禾县信访局.xlsx", "青禾县统计局": "县统计局整体支出绩效自评.xlsx"}
ONE, OTHER = SENT
FAULTY, FAULTY_FILE = "青禾县教育局", "附件2：青禾县教育局2023年部门整体支出绩效自评表.xlsx"
Typing = Mapping[str, tuple[object, object]]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "收件箱"
    folder.mkdir()
    for name in SENT.values():
        shutil.copy2(SAMPLES / "inbox" / name, folder)
    return folder


def run(inbox: Path, output: Path, review: Path | None = None, **options: Any) -> Season:
    done = jx.run([inbox], output, template=FORM, roster=ROSTER, review=review, jobs=1, **options)
    assert not done.problems and not [entry.problem for entry in done.entries if entry.problem]
    return done


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first run wrote of the two departments."""
    folder = tmp_path_factory.mktemp("first")
    for name in SENT.values():
        (folder / "收件箱").mkdir(exist_ok=True)
        shutil.copy2(SAMPLES / "inbox" / name, folder / "收件箱")
    run(folder / "收件箱", folder / "结果")
    return folder / "结果"


@pytest.fixture
def first(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "结果")


def lines(sheet: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Columns by title, and rows by the name of the line."""
    head = next(row for row in sheet.iter_rows() if any(cell.value == "财政复核分" for cell in row))
    rows = sheet.iter_rows(min_row=head[0].row + 1)
    return {cell.value: cell.column for cell in head if cell.value}, {
        row[2].value or row[0].value: row[0].row for row in rows
    }


def typed(path: Path, typing: Typing, sheet: str = "绩效评价表") -> None:
    """What the reviewer does: a score and a reason beside a line."""
    book = openpyxl.load_workbook(path)
    columns, rows = lines(book[sheet])
    for name, (score, reason) in typing.items():
        book[sheet].cell(rows[name], columns["财政复核分"]).value = score
        book[sheet].cell(rows[name], columns["复核理由"]).value = reason
        if reason:
            book[sheet].cell(rows[name], columns["复核理由"]).data_type = "s"
    book.save(path)


def rows_of(path: Path, name: str = "绩效评价表") -> dict[str, tuple[object, object]]:
    """What stands in the two cells of each line, as written."""
    sheet = openpyxl.load_workbook(path, data_only=True)[name]
    columns, rows = lines(sheet)
    cells = {
        name: (
            sheet.cell(row, columns["财政复核分"]).value,
            sheet.cell(row, columns["复核理由"]).value,
        )
        for name, row in rows.items()
        if name
    }
    return {name: pair for name, pair in cells.items() if pair != (None, None)}


def card_of(done: Season, department: str) -> Scorecard:
    return next(entry.scorecards[0] for entry in done.submitted if entry.department == department)


def review_findings(done: Season) -> list[tuple[str, str]]:
    return [
        (finding.code, finding.message)
        for finding in done.findings
        if finding.code.startswith("REV")
    ]


def ranking(output: Path) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(output / "汇总.xlsx", data_only=True)["部门排名"]
    titles = [cell.value for cell in sheet[3]]
    return [
        dict(zip(titles, row, strict=True))
        for row in sheet.iter_rows(min_row=4, values_only=True)
        if any(row)
    ]


# --------------------------------------------------------------------------- it counts, and is kept


def test_the_reviewers_scores_decide_the_ranking(inbox: Path, first: Path, tmp_path: Path) -> None:
    before = {line["部门名称"]: line for line in ranking(first)}
    shutil.copy2(SAMPLES / "inbox" / FAULTY_FILE, inbox)
    typed(
        first / "评分" / f"{ONE}.xlsx",
        {"满意度": (1, "抽查问卷，满意的少于填报"), "预算执行率": (2, "有虚列支出")},
    )
    typed(
        first / "评分" / f"{OTHER}.xlsx",
        {"满意度": (0, "问卷不实"), "预算执行率": (0, "有虚列支出")},
    )
    done = run(inbox, tmp_path / "第二次", first)
    assert review_findings(done) == []
    card = card_of(done, ONE)
    assert card.review and card.total and card.execution.score is not None
    scored = [one for one in card.indicators if one.score is not None]
    weight = sum(one.weight for one in scored)
    assert weight < 90, (
        "one indicator is 不适用: the reviewer's scores are scaled as the others are"
    )
    points = sum(
        1 if one.name == "满意度" else one.score for one in scored if one.score is not None
    )
    assert card.review.total == points / weight * 90 + 2
    after = {line["部门名称"]: line for line in ranking(tmp_path / "第二次")}
    assert after[ONE]["财政复核总分"] == pytest.approx(float(card.review.total), abs=0.005)
    assert (after[ONE]["自评总分"], after[ONE]["复算总分"]) == (
        before[ONE]["自评总分"],
        before[ONE]["复算总分"],
    )
    assert (
        (after[ONE]["复算等级"], after[ONE]["评定等级"])
        == ("优", card.review.grade)
        == ("优", "中")
    )
    assert (before[OTHER]["名次"], before[ONE]["名次"]) == (1, 2)
    assert (after[ONE]["名次"], after[OTHER]["名次"]) == (1, 2)
    assert after[FAULTY]["财政复核总分"] is None
    assert after[FAULTY]["名次"] == "暂不排名" and "条错误未了结" in str(after[FAULTY]["说明"])


def test_typing_is_written_again_and_stays_for_ever(inbox: Path, first: Path) -> None:
    """Into the same folder: what was typed into is kept beside, the new one says the same, and a
    third run changes nothing.
    """
    typing = {
        "满意度": (12.5, "抽查"),
        "人员变动情况": ("两分", None),
        "档案归档及时性": (None, "=只写了理由"),
    }
    typed(first / "评分" / f"{ONE}.xlsx", typing)
    done = run(inbox, first, first / "评分")
    assert rows_of(first / "评分" / f"{ONE}.xlsx").items() >= typing.items()
    kept = first / "评分" / f"{ONE}（改动保留1）.xlsx"
    assert rows_of(kept).items() >= typing.items()
    tree = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    again = run(inbox, first, first / "评分")
    assert review_findings(again) == review_findings(done) != []
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == tree


def test_the_records_say_which_file_was_used(inbox: Path, first: Path, tmp_path: Path) -> None:
    path = first / "评分" / f"{ONE}.xlsx"
    typed(path, {"满意度": (12.5, "抽查")})
    from hashlib import sha256

    run(inbox, tmp_path / "二", first)
    digest = sha256(path.read_bytes()).hexdigest()
    assert json.loads((tmp_path / "二" / "run.json").read_text("utf-8"))["reviews"] == [
        {"department": ONE, "item": "", "sha256": [digest]}
    ]
    files = json.loads((tmp_path / "二" / "findings.json").read_text("utf-8"))["files"]
    by_department = {file["department"]: file["reviews"] for file in files}
    assert by_department[OTHER] == []
    assert by_department[ONE][0]["sha256"] == [digest]
    assert by_department[ONE][0]["lines"] == [{"item": "满意度", "score": 12.5, "reason": "抽查"}]
    # Typed on in the workbook of the second run: both files are named.
    typed(tmp_path / "二" / "评分" / f"{ONE}.xlsx", {"人员变动情况": (2, "有误")})
    done = run(inbox, tmp_path / "三", tmp_path / "二")
    review = card_of(done, ONE).review
    assert review and review.sources[0] == digest and len(review.sources) == 2


def test_typing_without_the_option_is_kept_and_the_option_named(inbox: Path, first: Path) -> None:
    typed(first / "评分" / f"{ONE}.xlsx", {"满意度": (12.5, "抽查")})
    done = run(inbox, first)
    assert card_of(done, ONE).review is None and any("--review" in note for note in done.notes)
    # What was kept aside is taken up when it is asked for, though the new workbook beside it is
    # blank.
    done = run(inbox, first, first / "评分")
    review = card_of(done, ONE).review
    assert (
        review_findings(done) == []
        and review
        and rows_of(first / "评分" / f"{ONE}.xlsx")["满意度"] == (12.5, "抽查")
    )


def test_two_workbooks_of_one_department(inbox: Path, first: Path, tmp_path: Path) -> None:
    path = first / "评分" / f"{ONE}.xlsx"
    copy = path.with_name(f"{ONE} - 副本.xlsx")
    shutil.copy2(path, copy)
    typed(path, {"满意度": (12.5, "抽查")})
    typed(copy, {"满意度": (11, "另一人"), "人员变动情况": (2, "有误")})
    done = run(inbox, tmp_path / "二", first)
    (found,) = review_findings(done)
    assert (
        found[0] == "REV108"
        and "满意度" in found[1]
        and path.name in found[1]
        and copy.name in found[1]
    )
    lines_ = rows_of(tmp_path / "二" / "评分" / f"{ONE}.xlsx")
    assert lines_["满意度"] == (12.5, "抽查") and lines_["人员变动情况"] == (2, "有误")


# ------------------------------------------------------------------------------------ it is checked


@pytest.mark.parametrize(
    ("line", "score", "reason", "code", "words", "counts"),
    [
        ("满意度", 13.51, "超出", "REV101", "0 到 13.5 之间", None),
        ("满意度", -1, "负", "REV101", "“-1”应是 0 到 13.5", None),
        ("满意度", "两分", "字", "REV101", "“两分”", None),
        ("预算执行率", 10.5, "超出", "REV101", "0 到 10 之间", None),
        ("满意度", 12, None, "REV102", "没有写复核理由", 12),
        ("满意度", None, "只有理由", "REV103", "没有填财政复核分", None),
        ("满意度", "１２．５", "抽查", "REV106", "是文本，按 12.5 分采用", Fraction("12.5")),
        ("满意度", "12.5分", "抽查", "REV106", "是文本", Fraction("12.5")),
    ],
)
def test_what_the_reviewer_typed_is_checked(
    line: str, score: object, reason: str | None, code: str, words: str, counts: object, first: Path
) -> None:
    card = reviewed_card(first / "评分" / f"{ONE}.xlsx", {line: (score, reason)})
    assert card.review
    ((found, message),) = [(one.code, one.message) for one in card.review.findings]
    assert found == code and words in message and ONE in message and line in message
    (one,) = [one for one in (*card.indicators, card.execution) if one.reviewed]
    assert one.reviewed and one.reviewed.score == counts
    assert (
        card.final[0] != card.exact_total
        if counts
        else card.final == (card.exact_total, card.grade)
    )


def reviewed_card(path: Path, typing: Typing) -> Scorecard:
    typed(path, typing)
    submission = workbook.read(SAMPLES / "inbox" / SENT[ONE], FORM)
    (review,) = read_review(path.read_bytes(), path.name)
    return reviewed(scorer.score(submission, FORM), review, submission.year, ONE, FORM)


def test_slips_are_told_on_the_screen_and_in_the_summary(
    inbox: Path, first: Path, tmp_path: Path
) -> None:
    typed(first / "评分" / f"{ONE}.xlsx", {"满意度": (14, "超出")})
    problems_of = CliRunner().invoke(
        main,
        [
            "run",
            str(inbox),
            "-o",
            str(tmp_path / "二"),
            "--roster",
            str(ROSTER),
            "--review",
            str(first),
            "--jobs",
            "1",
        ],
    )
    assert problems_of.exit_code == 0
    assert (
        "错误：财政复核：青禾县信访局“满意度”的财政复核分“14”应是 0 到 13.5 之间的数字，没有采用"
        in problems_of.stderr
    )
    listed = openpyxl.load_workbook(tmp_path / "二" / "汇总.xlsx")["问题清单"]
    titles, *rows = listed.iter_rows(min_row=3, values_only=True)
    lines = [dict(zip(titles, row, strict=True)) for row in rows]
    (line,) = [line for line in lines if line["编号"] == "REV101"]
    assert (line["部门"], line["级别"]) == (ONE, "错误")
    assert "“14”应是 0 到 13.5" in str(line["问题"])


def test_the_score_as_shown_needs_no_reason(first: Path) -> None:
    """复算分 is exact, a workbook shows three decimals: who types what is shown agrees with it."""
    card = reviewed_card(first / "评分" / f"{ONE}.xlsx", {"预算执行率": (9.979, None)})
    assert card.execution.score not in (None, Fraction("9.979"))
    assert card.review and card.review.findings == () and card.review.total


def test_a_workbook_of_another_year_form_or_department_is_told(
    inbox: Path, first: Path, tmp_path: Path
) -> None:
    path = first / "评分" / f"{ONE}.xlsx"
    typed(path, {"满意度": (12.5, "抽查")})

    def problems_of(key: str, value: str) -> list[str]:
        book = openpyxl.load_workbook(path)
        next(row for row in book["_review"].iter_rows() if row[0].value == key)[1].value = value
        book.save(tmp_path / path.name)
        card = reviewed_card(tmp_path / path.name, {})
        assert card.review and (card.review.total is not None) == (key == "version")
        return [finding.code for finding in card.review.findings]

    assert problems_of("year", "2022") == problems_of("template", "xiangmu-zhichu") == ["REV107"]
    assert problems_of("version", "0.9") == ["REV109"]
    other = tmp_path / "名字错"
    other.mkdir()
    shutil.copy2(path, other / f"{OTHER}.xlsx")
    done = run(inbox, tmp_path / "名字", other)
    ((code, message),) = review_findings(done)
    assert code == "REV107" and ONE in message and OTHER in message
    assert card_of(done, ONE).final != (card_of(done, ONE).exact_total, card_of(done, ONE).grade)
    assert card_of(done, OTHER).review is None


def test_files_that_are_none_are_told_and_an_empty_folder_refused(
    inbox: Path, first: Path, tmp_path: Path
) -> None:
    typed(first / "评分" / f"{ONE}.xlsx", {"满意度": (12.5, "抽查")})
    shutil.copy2(SAMPLES / "inbox" / SENT[ONE], first / "评分" / "别的.xlsx")
    (first / "评分" / "坏的.xlsx").write_bytes(b"PK\x03\x04no")
    done = run(inbox, tmp_path / "二", first / "评分")
    assert [(code, message.partition("”")[0]) for code, message in review_findings(done)] == [
        ("REV107", "财政复核：“别的.xlsx"),
        ("REV107", "财政复核：“坏的.xlsx"),
    ]
    with pytest.raises(InputError, match="评分表"):
        run(inbox, tmp_path / "三", inbox)
    with pytest.raises(Refused):
        read_review(b"", "x.xlsx")


# ----------------------------------------------------------------------- the department sends again


def sent_again(inbox: Path, changes: Mapping[str, object]) -> None:
    path = inbox / SENT[ONE]
    submission = workbook.read(path, FORM)
    book = openpyxl.load_workbook(path)
    for row in submission[FORM.indicator_table].rows:
        if row.title in changes:
            content = changes[row.title]
            title = "name" if isinstance(content, str) else "score"
            cell = row[FORM.indicator_columns[title]]
            book[cell.sheet][cell.ref].value = content
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(stream.getvalue())


def test_what_changed_since_is_told_and_the_score_stands(
    inbox: Path, first: Path, tmp_path: Path
) -> None:
    path = first / "评分" / f"{ONE}.xlsx"
    typed(path, {"满意度": (12.5, "抽查"), "人员变动情况": (2, "有误")})
    sent_again(inbox, {"满意度": 13})
    done = run(inbox, tmp_path / "二", first)
    ((code, message),) = review_findings(done)
    assert code == "REV104" and "“满意度”" in message and "自评分由 13.5 分变为 13 分" in message
    assert card_of(done, ONE).review is not None
    # It is repeated until the reviewer answers.
    assert review_findings(run(inbox, tmp_path / "三", tmp_path / "二")) == [(code, message)]
    typed(tmp_path / "三" / "评分" / f"{ONE}.xlsx", {"满意度": (12.5, "抽查；重报后仍按此分")})
    assert review_findings(run(inbox, tmp_path / "四", tmp_path / "三")) == []


def test_lines_are_matched_by_name_and_one_without_an_indicator_is_never_lost(
    inbox: Path, first: Path, tmp_path: Path
) -> None:
    path = first / "评分" / f"{ONE}.xlsx"
    typed(path, {"满意度": (12.5, "抽查"), "人员变动情况": (2, "有误")})
    book = openpyxl.load_workbook(path)
    book["绩效评价表"].insert_rows(1, 3)  # another address for every line
    book.save(path)
    name = next(
        row.title
        for row in workbook.read(inbox / SENT[ONE], FORM)[FORM.indicator_table].open_rows
        if row.title == "满意度"
    )
    sent_again(inbox, {name: "群众满意度"})
    done = run(inbox, tmp_path / "二", first)
    assert [code for code, _ in review_findings(done)] == ["REV105"]
    scored = tmp_path / "二" / "评分" / f"{ONE}.xlsx"
    assert rows_of(scored)["人员变动情况"] == (2, "有误")
    texts = [
        str(cell.value)
        for row in openpyxl.load_workbook(scored)["绩效评价表"].iter_rows()
        for cell in row
    ]
    assert any("“满意度”的复核分 12.5，理由“抽查”没有用上" in text for text in texts)
    # The indicator comes back under its old name: so does the reviewer's word.
    shutil.copy2(SAMPLES / "inbox" / SENT[ONE], inbox)
    done = run(inbox, tmp_path / "三", tmp_path / "二")
    assert review_findings(done) == [] and rows_of(tmp_path / "三" / "评分" / f"{ONE}.xlsx")[
        "满意度"
    ] == (
        12.5,
        "抽查",
    )


def test_a_department_that_sent_nothing_this_time(inbox: Path, first: Path, tmp_path: Path) -> None:
    typed(first / "评分" / f"{ONE}.xlsx", {"满意度": (12.5, "抽查")})
    (inbox / SENT[ONE]).unlink()
    done = run(inbox, tmp_path / "二", first)
    assert [(code, ONE in message) for code, message in review_findings(done)] == [("REV110", True)]


def test_each_project_of_a_workbook_has_its_own(tmp_path: Path) -> None:
    form = find_template("xiangmu-zhichu")
    (inbox := tmp_path / "收件箱").mkdir()
    shutil.copy2(next((SAMPLES / "xiangmu" / "inbox").glob("*2个项目*.xlsx")), inbox)

    def ran(output: Path, review: Path | None = None) -> list[Scorecard]:
        done = jx.run([inbox], output, template=form, review=review, jobs=1)
        assert review_findings(done) == [] and not done.problems
        return [card for entry in done.submitted for card in entry.scorecards]

    before = ran(tmp_path / "一")
    (path,) = (tmp_path / "一" / "评分").iterdir()
    one = before[1].indicators[0]
    typed(path, {one.name: (1, "只完成一部分")}, sheet="绩效评价表2")
    first, second = ran(tmp_path / "二", tmp_path / "一")
    assert first.review is None and second.review and before[1].exact_total and one.score
    assert second.review.total == before[1].exact_total - one.score + 1
    assert rows_of(tmp_path / "二" / "评分" / path.name, "绩效评价表2")[one.name] == (
        1,
        "只完成一部分",
    )


# ------------------------------------------------------------------------------------------ by hand


@office.office
@pytest.mark.parametrize("kind", ["xlsx:Calc MS Excel 2007 XML", "xls:MS Excel 97", "ods:calc8"])
def test_saved_by_another_program_it_reads_the_same(
    kind: str, inbox: Path, first: Path, tmp_path: Path
) -> None:
    path = first / "评分" / f"{ONE}.xlsx"
    typed(path, {"满意度": ("=12+0.5", "抽查"), "预算执行率": (2, "有虚列支出")})
    office.converted(kind, [path], tmp_path / "存")
    (made,) = (tmp_path / "存").iterdir()
    (review,) = read_review(made.read_bytes(), made.name)
    assert [(line.name, line.score, line.reason) for line in review.lines] == [
        ("满意度", Fraction("12.5"), "抽查"),
        ("预算执行率", Fraction(2), "有虚列支出"),
    ]


@office.office
def test_the_new_workbook_has_the_right_cached_values(
    inbox: Path, first: Path, tmp_path: Path
) -> None:
    typing = {
        "满意度": (12.5, "抽查"),
        "人员变动情况": ("两分", None),
        "档案归档及时性": (40, "超出"),
        "预算执行率": (2, "有虚列"),
    }
    typed(first / "评分" / f"{ONE}.xlsx", typing)
    typed(first / "评分" / f"{OTHER}.xlsx", {"预算执行率": (2, "有虚列")})
    run(inbox, tmp_path / "二", first)
    paths = sorted((tmp_path / "二" / "评分").glob("*.xlsx"))
    for path, after in office.recalculated(paths).items():
        before = {
            place: value
            for place, value in office.values(path).items()
            if not place[0].startswith("_review")
        }
        after = {
            place: value for place, value in after.items() if not place[0].startswith("_review")
        }
        assert list(office.differences(before, after)) == []
