"""The command line as people and scripts meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import compile_messages
import pytest
from click.testing import CliRunner, Result

from jixiao_xlsx.cli import main

SAMPLES = Path(__file__).parent.parent / "samples"
ROSTER = SAMPLES / "departments.csv"
HEAVY = ("pandas", "openpyxl", "xlsxwriter", "python_calamine", "numpy")


def jixiao(*arguments: object) -> Result:
    return CliRunner().invoke(
        main, [str(argument) for argument in arguments], catch_exceptions=False
    )


def process(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "jixiao_xlsx", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, env={**os.environ, **environment}, check=False
    )


@pytest.fixture(scope="module")
def faulty() -> Path:
    return next(
        path
        for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))
        if "临泽县机关事务中心" in path.name
    )


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample that nothing but 提示 is said of."""
    for path in sorted((SAMPLES / "inbox").glob("*.xlsx")):
        if jixiao("check", path, "--fail-on", "warning").exit_code == 0:
            return path
    pytest.fail("no clean sample")


# ------------------------------------------------------------------------------ start, help, errors


def test_passwords_may_come_from_a_pipe_without_a_word_of_english(clean: Path) -> None:
    command = [sys.executable, "-m", "jixiao_xlsx", "check", str(clean), "--ask-passwords"]
    done = subprocess.run(command, input="甲;乙\n".encode(), capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_no_workbook_library(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom jixiao_xlsx.cli import main\n"
        f"try: main({arguments!r}, prog_name='jixiao')\nexcept SystemExit: pass\n"
        f"sys.exit(','.join(m for m in {HEAVY!r} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_help_loads_no_form() -> None:
    heavy = ("jixiao_xlsx.form.spec", "importlib.metadata")
    code = (
        "import sys\nfrom jixiao_xlsx.cli import main\n"
        "try: main(['--help'], prog_name='jixiao')\nexcept SystemExit: pass\n"
        f"sys.exit(','.join(m for m in {heavy!r} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_checking_loads_nothing_that_writes() -> None:
    heavy = ("xlsxwriter", "openpyxl", "docxtpl", "jixiao_xlsx.batch.deliver")
    code = (
        "import sys, jixiao_xlsx.batch.single_files\n"
        f"sys.exit(','.join(m for m in {heavy!r} if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_importing_the_package_loads_no_workbook_library() -> None:
    code = (
        f"import sys, jixiao_xlsx; sys.exit(','.join(m for m in {HEAVY!r} if m in sys.modules) "
        "or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("command", ["", "template", "check", "score", "run", "rules"])
def test_help_is_chinese(command: str) -> None:
    text = jixiao(*command.split(), "--help").stdout
    assert text.startswith("用法：jixiao")
    assert not [
        word
        for word in (
            "Usage",
            "Options",
            "Commands",
            "OPTIONS",
            "Show this",
            "required",
            "arguments",
        )
        if word in text
    ]


def test_commands_stand_in_the_order_of_the_season() -> None:
    text = jixiao("--help").stdout
    places = [text.index(f"\n  {name} ") for name in ("template", "check", "score", "run", "rules")]
    assert places == sorted(places)


def test_the_message_catalogue_is_fresh() -> None:
    for source in compile_messages.CATALOGUES.rglob("*.po"):
        compiled = compile_messages.compiled(source.read_text(encoding="utf-8"))
        assert source.with_suffix(".mo").read_bytes() == compiled


def test_the_version_is_the_packages() -> None:
    import jixiao_xlsx

    assert jixiao("--version").stdout == f"jixiao {jixiao_xlsx.version()}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chek"], "没有命令“chek”。 是不是 check？"),
        (["check"], "缺少参数 PATH…。"),
        (["check", "没有.xlsx"], "“没有.xlsx”不存在。"),
        (["check", ".", "--format", "xml"], "--format 的值不对：“xml”不在可选范围内"),
        (["run", "."], "缺少选项 -o / --output。"),
        (["run", ".", "-o", "x", "--jobs", "0"], "--jobs 的值不对：0 超出范围（取值>=1）。"),
        (["run", ".", "-o", "x", "--jobs", "many"], "“many”不是整数。"),
        (["run", ".", "-o"], "选项 -o 后面要有值。"),
        (["run", ".", "--roste"], "没有选项 --roste。"),
        (["check", "it's"], "PATH… 的值不对：“it's”不存在。"),
        (["template", "-o", __file__], "-o / --output 的值不对：“"),
        (["rules", "AMT101", "AMT102"], "多出了参数：AMT102"),
        (["rules", "XYZ999"], "没有编号为“XYZ999”的规则"),
        (["rules", "-t", "没有这个"], "找不到这个表单"),
    ],
)
def test_wrong_usage_exits_2_and_says_so_in_chinese(arguments: list[str], message: str) -> None:
    result = jixiao(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert (
        "Error" not in result.stderr and "Usage" not in result.stderr and "Try" not in result.stderr
    )
    assert result.stdout == ""


# -------------------------------------------------------------------------------------------- check


def test_check_exits_1_when_a_finding_reaches_the_limit(faulty: Path, clean: Path) -> None:
    assert jixiao("check", faulty).exit_code == 1
    assert jixiao("check", faulty, "--fail-on", "warning").exit_code == 1
    assert jixiao("check", faulty, "--fail-on", "never").exit_code == 0
    assert jixiao("check", clean).exit_code == 0


def test_check_prints_findings_with_their_cells(faulty: Path) -> None:
    text = jixiao("check", faulty).stdout
    assert "  错误 BAL203 资金预算执行表!" in text
    assert text.rstrip().splitlines()[-1].startswith("共 1 个文件：已报 1；错误 ")


def test_machine_output_is_alone_on_stdout(faulty: Path) -> None:
    result = jixiao("check", faulty, "--format", "json")
    document = json.loads(result.stdout_bytes)
    assert [file["file"] for file in document["files"]] == [faulty.name]
    assert result.stderr.startswith("共 1 个文件")
    data = jixiao("check", faulty, "--format", "csv").stdout_bytes
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [line["编号"] for line in lines] == [
        finding["code"] for finding in document["files"][0]["findings"]
    ]


def test_check_with_nothing_readable_exits_2(tmp_path: Path) -> None:
    assert jixiao("check", tmp_path).exit_code == 2
    (tmp_path / "坏.xlsx").write_bytes(b"nothing")
    result = jixiao("check", tmp_path)
    assert (
        result.exit_code == 2
        and "坏.xlsx" in result.stdout
        and "没有读到任何填报表" in result.stderr
    )


def test_no_progress_in_a_pipe(faulty: Path) -> None:
    result = process("check", faulty, "--format", "json")
    lines = result.stderr.replace(b"\r\n", b"\n")  # as Windows ends them
    assert result.returncode == 1 and b"\r" not in lines and json.loads(result.stdout)


@pytest.mark.parametrize("shape", ["text", "json", "csv"])
def test_a_gbk_console_does_not_crash(faulty: Path, shape: str) -> None:
    result = process("check", faulty, "--format", shape, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert result.returncode == 1, result.stderr.decode("gbk", "replace")
    assert "合计" in result.stdout.decode("gbk" if shape == "text" else "utf-8-sig")


def test_an_ascii_console_does_not_crash(faulty: Path) -> None:
    assert process("check", faulty, PYTHONIOENCODING="ascii", PYTHONUTF8="0").returncode == 1
    assert process("--help", PYTHONIOENCODING="ascii", PYTHONUTF8="0").returncode == 0


# --------------------------------------------------------------------------------------- score, run


def test_score_writes_a_workbook_per_file_and_lists_the_totals(
    faulty: Path, clean: Path, tmp_path: Path
) -> None:
    result = jixiao("score", faulty, clean, "-o", tmp_path / "评分")
    assert result.exit_code == 0, result.stderr
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert len(lines) == 3 and lines[0][:2] == ["部门", "文件"]
    assert sorted(path.name for path in (tmp_path / "评分").glob("*.xlsx")) == sorted(
        f"{line[0]}.xlsx" for line in lines[1:]
    )
    seed = next(line for line in lines if line[1] == faulty.name)
    assert seed[3:6:2] == ["98.89", "优"]


def test_run_writes_the_results_and_exits_0_when_all_is_accounted_for(
    faulty: Path, clean: Path, tmp_path: Path
) -> None:
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    shutil.copy2(faulty, inbox)
    shutil.copy2(clean, inbox)
    (inbox / "坏.xlsx").write_bytes(b"nothing")
    result = jixiao("run", inbox, "-o", tmp_path / "结果", "--roster", ROSTER)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert "坏.xlsx" in result.stderr and "未报" in result.stderr and "汇总.xlsx" in result.stderr
    assert (
        json.loads((tmp_path / "结果" / "findings.json").read_text(encoding="utf-8"))[
            "batch_findings"
        ]
        == []
    )


def test_findings_json_is_what_check_prints_plus_the_batch(faulty: Path, tmp_path: Path) -> None:
    jixiao("run", faulty, "-o", tmp_path)
    document = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert document.pop("batch_findings") == []
    assert document == json.loads(jixiao("check", faulty, "--format", "json").stdout_bytes)


def test_run_with_nothing_readable_exits_2(tmp_path: Path) -> None:
    (tmp_path / "收件箱").mkdir()
    assert (
        jixiao("run", tmp_path / "收件箱", "-o", tmp_path / "结果", "--roster", ROSTER).exit_code
        == 2
    )


def test_a_roster_with_mistakes_names_them_all(faulty: Path, tmp_path: Path) -> None:
    roster = tmp_path / "departments.csv"
    roster.write_text("部门名称\n甲\n甲\n", encoding="utf-8")
    result = jixiao("run", faulty, "-o", tmp_path / "结果", "--roster", roster)
    assert result.exit_code == 2 and "第 3 行：部门名称“甲”与第 2 行重复" in result.stderr


def test_the_bureau_file_may_stand_elsewhere(faulty: Path, tmp_path: Path) -> None:
    bureau = tmp_path / "bureau.toml"
    bureau.write_text("评价年度 = 2022\n", encoding="utf-8")
    jixiao("run", faulty, "-o", tmp_path / "结果", "--roster", ROSTER, "--bureau", bureau)
    record = json.loads((tmp_path / "结果" / "run.json").read_text(encoding="utf-8"))
    assert record["year"] == 2022 and record["files"][0]["status"] == "非本年度"


# ---------------------------------------------------------------------------------- template, rules


def dump(book: Path) -> dict[tuple[str, str], object]:
    """Every cell of a workbook: what stays the same whichever version of the writing library made
    it.
    """
    import openpyxl

    loaded = openpyxl.load_workbook(book)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in loaded
        for row in sheet.iter_rows()
        for cell in row
    }


def test_template_writes_the_blank_workbook_that_is_shipped(tmp_path: Path) -> None:
    from jixiao_xlsx.form.find_template import find_template

    form = find_template()
    assert jixiao("template", "-o", tmp_path).exit_code == 0
    [made] = tmp_path.glob("*.xlsx")
    assert made.name == f"{form.file_name}.xlsx"
    assert dump(made) == dump(form.folder / made.name)


def test_template_writes_one_workbook_per_department(tmp_path: Path) -> None:
    from jixiao_xlsx import read
    from jixiao_xlsx.form.find_template import find_template

    form = find_template()
    roster = tmp_path / "departments.csv"
    roster.write_text("部门编码,部门名称\n201,青禾县财政局\n202,青禾县../机关\n", encoding="utf-8")
    assert (
        jixiao("template", "--roster", roster, "--year", 2024, "-o", tmp_path / "空白表").exit_code
        == 0
    )
    names = sorted(path.name for path in (tmp_path / "空白表").glob("*.xlsx"))
    assert len(names) == 2 and f"青禾县财政局-{form.file_name}.xlsx" in names
    filled = read(tmp_path / "空白表" / f"青禾县财政局-{form.file_name}.xlsx")
    assert (filled.department, filled.code, filled.year) == ("青禾县财政局", "201", 2024)


def test_rules_are_listed_explained_and_machine_readable() -> None:
    listed = json.loads(jixiao("rules", "--format", "json").stdout_bytes)
    codes = [rule["code"] for rule in listed]
    assert codes == sorted(set(codes)) and {"BAL201", "REC101", "IND104"} <= set(codes)
    assert all(
        rule["title"] and rule["basis"] and rule["severity"] in {"error", "warning", "note"}
        for rule in listed
    )
    assert all(code in jixiao("rules").stdout for code in codes)
    page = jixiao("rules", "bal201").stdout
    assert (
        "级别：错误" in page and "依据：" in page and "说明：" in page and "勾稽关系：C07" in page
    )


def test_the_rules_page_is_fresh() -> None:
    page = SAMPLES.parent / "docs" / "rules.md"
    assert jixiao("rules", "--format", "markdown").stdout_bytes == page.read_bytes()
