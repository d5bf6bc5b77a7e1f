"""The second form runs from its data alone; that no line of the package names a form is for test_house to say."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from cases import Case, find, load_cases, submission
from click.testing import CliRunner
from dumps import dump

from jixiao_xlsx import checker, reader, scorer
from jixiao_xlsx.checker import catalogue, run_rules
from jixiao_xlsx.cli import main
from jixiao_xlsx.model import Severity
from jixiao_xlsx.rules import Desk
from jixiao_xlsx.spec import find_template

FORM = find_template("xiangmu-zhichu")
SAMPLES = Path(__file__).parent.parent / "samples" / "xiangmu"
INBOX = sorted((SAMPLES / "inbox").glob("*.xlsx"))
CASES = load_cases(FORM)


def jixiao(*arguments: object) -> object:
    return CliRunner().invoke(main, [*map(str, arguments), "-t", FORM.id], catch_exceptions=False)


# ------------------------------------------------------------------------------------------------------ samples


@pytest.mark.parametrize("book", INBOX, ids=lambda book: book.stem)
def test_every_finding_is_the_expected_one(book: Path) -> None:
    with (SAMPLES / "expected" / f"{book.stem}.csv").open(encoding="utf-8", newline="") as stream:
        wanted = {(line["code"], line["sheet"], line["cell"]) for line in csv.DictReader(stream)}
    report = checker.check(reader.read(book, FORM), FORM)
    found = {(f.code, f.place.sheet, f.place.cell) for f in report.findings if f.severity is not Severity.NOTE}
    assert found == wanted, "\n".join(f"{f.code} {f.place} {f.message}" for f in report.findings)


def test_a_right_project_is_scored_as_it_scored_itself() -> None:
    book = next(path for path in INBOX if "供水" in path.name)
    card = scorer.score(reader.read(book, FORM), FORM)
    assert card.total is not None
    assert (round(float(card.total), 2), card.grade, len(card.indicators)) == (97.69, "优", 6)


def test_samples_are_made_by_their_generator(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLES / "generate.py", "-o", tmp_path], check=True)
    assert len(INBOX) == 3
    for book in INBOX:
        assert dump((tmp_path / "inbox" / book.name).read_bytes()) == dump(book.read_bytes())
        expected = f"{book.stem}.csv"
        assert (tmp_path / "expected" / expected).read_bytes() == (SAMPLES / "expected" / expected).read_bytes()


# ------------------------------------------------------------------------------------------------------ the commands


def test_it_runs_through_every_command(tmp_path: Path) -> None:
    assert jixiao("template", "--year", 2023, "-o", tmp_path / "空白").exit_code == 0
    assert [path.name for path in (tmp_path / "空白").iterdir()] == [f"{FORM.file_name}.xlsx"]
    assert jixiao("check", *INBOX).exit_code == 1
    assert jixiao("score", *INBOX, "-o", tmp_path / "评分").exit_code == 0
    assert jixiao("run", SAMPLES / "inbox", "-o", tmp_path / "结果").exit_code == 0
    assert jixiao("rules", "REC901").exit_code == 0
    assert len(list((tmp_path / "结果" / "评分").glob("*.xlsx"))) == 3
    summary = openpyxl.load_workbook(tmp_path / "结果" / "汇总.xlsx", data_only=True)
    shown = {cell.value for sheet in summary for row in sheet.iter_rows() for cell in row}
    assert {"青禾县水务局", "青禾县教育局", "青禾县农业农村局", "BAL401"} <= shown


def test_a_workbook_of_the_other_form_is_refused() -> None:
    with pytest.raises(reader.Unreadable, match="另一套表"):
        reader.read(INBOX[0], find_template())


# ------------------------------------------------------------------------------------------------------ rules


@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_own_rules_find_these_cells_and_no_others(case: Case) -> None:
    read = submission(case, FORM)
    rule = next(rule for rule in catalogue(FORM) if rule.code == case.code)
    report = run_rules(Desk(read, FORM), [rule])
    assert Counter(str(finding.place) for finding in report.findings) == Counter(str(find(at, read)) for at in case.finds)
    assert all(words in report.findings[0].message for words in case.says)


def test_every_rule_of_its_own_has_cases() -> None:
    own = {equation.code for equation in FORM.equations} - {equation.code for equation in find_template().equations}
    assert own == {case.code for case in CASES}
