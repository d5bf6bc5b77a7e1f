"""What a person at a notebook meets: values that show themselves, names that say what there is."""

from __future__ import annotations

import html
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.values.showing.frames import UNIT_OF, VALUE_OF

SAMPLES = Path(__file__).parent.parent / "samples"
FILE = SAMPLES / "inbox" / "附件2：青禾县教育局2023年部门整体支出绩效自评表.xlsx"
INDICATORS = "绩效评价表"


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> object:
    return jx.run(str(FILE), tmp_path_factory.mktemp("结果"), jobs=1)


def test_a_value_is_one_short_line(season: object) -> None:
    submission = jx.read(FILE)
    report, card = jx.check(submission), jx.score(submission)
    entry = season.entries[0]  # type: ignore[attr-defined]
    for value in (submission, submission[INDICATORS], report, card, season, entry):
        shown = repr(value)
        assert len(shown) < 500 and "\n" not in shown
        assert shown.startswith(f"{type(value).__name__}(")
    assert "青禾县教育局" in repr(submission) and "2023" in repr(submission)
    assert f"{len(report.findings)} findings" in repr(report)
    assert len(repr(jx.find_template())) < 1000


def test_a_notebook_shows_tables_and_no_markup_of_a_department(season: object) -> None:
    submission = jx.read(FILE)
    report, card = jx.check(submission), jx.score(submission)
    for value in (submission, submission[INDICATORS], report, card, season):
        assert value._repr_html_().startswith("<table>")  # type: ignore[attr-defined]
    for finding in report.findings:
        assert str(finding.place) in report._repr_html_()
        assert html.escape(finding.message) in report._repr_html_()
    assert f"<td>{card.total}</td>" in card._repr_html_()
    table = submission[INDICATORS]
    row = table.rows[0]
    spoilt = row["业绩值"]._replace(raw="<script>alert(1)</script>")
    bad = type(table)(
        table.name,
        table.sheet,
        table.anchor,
        (type(row)(row.title, row.kind, {"业绩值": spoilt}),),
        {"业绩值": table.columns["业绩值"]},
    )
    assert "<script>" not in bad._repr_html_() and "&lt;script&gt;" in bad._repr_html_()


def test_the_total_is_rounded_beside_the_exact_one() -> None:
    card = jx.score(jx.read(FILE))
    assert isinstance(card.total, Decimal) and isinstance(card.exact_total, Fraction)
    off = Fraction(card.total) - card.exact_total
    assert card.total == round(card.total, 2) and abs(off) <= Fraction(1, 200)


def test_a_wrong_name_says_which_there_are() -> None:
    submission = jx.read(FILE)
    with pytest.raises(KeyError) as error:
        submission["资金执行表"]
    assert "没有“资金执行表”" in str(error.value) and "资金预算执行表" in str(error.value)
    with pytest.raises(KeyError) as error:
        submission[INDICATORS].rows[0]["得分数"]
    assert "没有“得分数”" in str(error.value) and "指标得分" in str(error.value)


@pytest.mark.parametrize(
    "option", ["", "roster", "bureau", "waivers", "reference", "choose", "previous", "review"]
)
def test_what_is_missing_is_refused_before_any_work(option: str, tmp_path: Path) -> None:
    inbox = str(tmp_path / "没有") if not option else str(FILE)
    options = {option: str(tmp_path / "没有")} if option else {}
    with pytest.raises(jx.InputError, match="没有这个文件"):
        jx.run(inbox, tmp_path / "结果", jobs=1, **options)
    assert not (tmp_path / "结果").exists()


def test_errors_are_caught_by_the_names_of_the_package(tmp_path: Path) -> None:
    with pytest.raises(jx.Unreadable):
        jx.read(tmp_path / "没有.xlsx")
    with pytest.raises(jx.SpecError):
        jx.read(FILE, "没有这个表单")
    with pytest.raises(jx.Blocked):
        jx.run(tmp_path, tmp_path)
    assert all(hasattr(jx, name) for name in jx.__all__)


def test_frames_have_the_types_of_the_form() -> None:
    """By the form, not by what happens to be typed: numbers are float64, words are text."""
    submission = jx.read(FILE)
    words = submission["年度计划"].frame["工作任务名称"].dtype
    for table in submission.tables.values():
        frame, form = table.frame, jx.find_template().table[table.name]
        assert frame.shape == table.refs.shape and list(frame.columns) == list(table.refs.columns)
        for title in table.columns:
            column = form.column[title]
            if column.numeric and not any(row.type for row in form.rows):
                assert frame[title].dtype == "float64", (table.name, title)
            elif column.type in {"text", "long", "choice", "measure"} and not form.rows:
                assert frame[title].dtype == words, (table.name, title)


@pytest.mark.parametrize(
    ("name", "number", "unit"),
    [
        ("基本支出预算执行率", 99.79, "%"),
        ("结转结余变动率", -100.0, "%"),
        ("财务管理制度健全性", None, None),
        ("人员变动情况", None, None),
    ],
)
def test_a_result_has_its_number_and_unit_beside_its_text(
    name: str, number: float | None, unit: str | None
) -> None:
    frame = jx.read(FILE)[INDICATORS].frame
    value, of = (
        frame.loc[name, VALUE_OF.format("业绩值")],
        frame.loc[name, UNIT_OF.format("业绩值")],
    )
    assert (value == number and of == unit) if number is not None else value != value
