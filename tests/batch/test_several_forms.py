"""Several forms at once: each file finds its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from jixiao_xlsx.batch.forms.several_forms import files_by_form, run_each, with_each_form
from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.batch.score_files import score_files
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.cli import main
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.values.season import FileStatus
from tests import county

OWN = "部门整体支出绩效评价表.xlsx"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "收件"
    folder.mkdir()
    (folder / "经费.xlsx").write_bytes(county.workbook(county.FILLED, names={county.FUNDS: "表一"}))
    (folder / OWN).write_bytes((find_template().folder / OWN).read_bytes())
    (folder / "其他.xlsx").write_bytes(b"no workbook")
    return folder


def test_each_file_is_taken_by_its_form(tmp_path: Path, inbox: Path) -> None:
    form, ours = county.form(tmp_path / "表单" / "经费"), find_template()
    shares = files_by_form([inbox], (ours, form))
    assert shares == {ours: {OWN, "其他.xlsx"}, form: {"经费.xlsx"}}
    entries = with_each_form(
        lambda one, only: check_files([inbox], template=one, only=only), [inbox], (form, ours), ()
    )
    assert {entry.file: entry.status for entry in entries} == {
        "经费.xlsx": FileStatus.SUBMITTED,
        OWN: FileStatus.SUBMITTED,
        "其他.xlsx": FileStatus.UNREADABLE,
    }


def test_a_run_of_several_forms_has_a_folder_for_each(tmp_path: Path, inbox: Path) -> None:
    form, ours = county.form(tmp_path / "表单" / "经费"), find_template()
    (inbox / OWN).unlink()
    done = dict(run_each(Job((inbox,), tmp_path / "结果", ours, jobs=1), (ours, form)))
    season = done[tmp_path / "结果" / "乡镇经费情况表"]
    assert [entry.department for entry in season.submitted] == ["石桥乡人民政府"]
    # no indicators, no scores; all else is written
    names = {path.name for path in (tmp_path / "结果" / "乡镇经费情况表").rglob("*")}
    assert {"汇总.xlsx", "石桥乡人民政府-审核通过通知.docx"} <= names and "评分" not in names
    entries = score_files([inbox], tmp_path / "评分", template=form, only=frozenset({"经费.xlsx"}))
    assert "没有评分指标" in entries[0].problem


def test_a_folder_of_forms_is_given_by_its_name(
    tmp_path: Path, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    county.form(tmp_path / "表单" / "经费")
    arguments = ["check", str(inbox / "经费.xlsx"), "-t", str(tmp_path / "表单")]
    with pytest.raises(SystemExit) as done:
        main([*arguments, "--jobs", "1"], prog_name="jixiao")
    assert not done.value.code
    assert "石桥乡人民政府" in capsys.readouterr().out
