"""The corpus of hostile and odd files: each is one line with the right reason, and nobody else
notices.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import corpus
import fuzz
import pytest
from office import converted, office
from parcels import letter, mbox, zipped

from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake import passwords
from jixiao_xlsx.values.season import Entry, FileStatus

TEMPLATE = find_template()
CASES = corpus.cases()
CLEAN = [path for path in sorted(corpus.SAMPLES.glob("*.xlsx")) if path != corpus.BASE][:3]
ROSTER = corpus.SAMPLES.parent / "departments.csv"
PARENT_MB = 200
EACH_MB = 200  # a library takes twice the XML, of which there are 100 MB at most
FUZZED = 120
SCRIPT = """
import json, resource, sys
from pathlib import Path
import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template
if __name__ == "__main__":
    inbox, output, roster = map(Path, sys.argv[1:4])
    jx.run([inbox], output, template=find_template(), roster=roster, jobs=int(sys.argv[4]))
    # not ru_maxrss of itself: that begins with what the process that started it had
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps([peak // 1024, children // 1024]))
"""


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for case in CASES:
        (folder / case.file).write_bytes(case.make())
    return folder


@pytest.fixture(scope="module")
def entries(inbox: Path) -> dict[str, Entry]:
    return {entry.file: entry for entry in check_files([inbox], template=TEMPLATE, jobs=2)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_ends_as_one_line_with_the_right_reason(
    case: corpus.Case, entries: dict[str, Entry]
) -> None:
    found = [
        entry
        for file, entry in entries.items()
        if file == case.file or file.startswith(f"{case.file}/")
    ]
    assert len(found) == 1
    [entry] = found
    assert entry.status is case.status, entry.reason
    assert case.words in entry.reason
    codes = {finding.code for finding in entry.report.findings} if entry.report else set()
    assert set(case.codes) <= codes and "INT101" not in codes, codes
    assert not case.only or codes == set(case.codes)
    assert entry.reason.isprintable() and "程序" not in entry.reason


def test_every_fault_of_practice_has_a_file() -> None:
    assert {case.file[:3] for case in CASES if re.match(r"e\d\d", case.file)} == {
        f"e{number:02d}" for number in range(21)
    }


def run(inbox: Path, output: Path, jobs: int) -> tuple[int, int]:
    script = output.parent / "run.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), str(inbox), str(output), str(ROSTER), str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    parent, child = json.loads(done.stdout.splitlines()[-1])
    return parent, child


def test_the_clean_files_of_the_same_batch_notice_nothing(inbox: Path, tmp_path: Path) -> None:
    mixed, clean = tmp_path / "混", tmp_path / "净"
    mixed.mkdir()
    bad = [case.file for case in CASES if not case.file.startswith("e")]
    for name in bad:
        shutil.copy2(inbox / name, mixed)
    clean.mkdir()
    for book in CLEAN:
        shutil.copy2(book, clean)
        shutil.copy2(book, mixed)
    parent, child = run(mixed, tmp_path / "混果", 1)
    run(clean, tmp_path / "净果", 1)
    print(
        f"{len(bad)} 个异常文件和 {len(CLEAN)} 个正常文件："
        f"主进程峰值 {parent} MB（上限 {PARENT_MB}），子进程峰值 {child} MB"
    )
    assert parent <= PARENT_MB
    record = json.loads((tmp_path / "混果" / "run.json").read_text(encoding="utf-8"))
    assert record["totals"]["files"]["seen"] >= len(bad) + len(CLEAN)
    mixed_entries, clean_entries = (
        json.loads((tmp_path / name / "轮次" / "season.json").read_text(encoding="utf-8"))[
            "entries"
        ]
        for name in ("混果", "净果")
    )
    departments = {entry["department"] for entry in clean_entries}
    for path in (tmp_path / "净果").rglob("*"):
        relative = path.relative_to(tmp_path / "净果")
        if relative.parts[0] == "下发" and path.stem not in departments:
            continue  # goes to others: those who sent nothing here, an office with more departments
        if path.is_file() and relative.name != "season.json" and len(relative.parts) > 1:
            assert (tmp_path / "混果" / relative).read_bytes() == path.read_bytes(), relative
    assert clean_entries and all(entry in mixed_entries for entry in clean_entries)
    assert not list(tmp_path.rglob("*passwd*"))
    for path in (tmp_path / "混果").rglob(
        "*.xlsx"
    ):  # no entity was unfolded or fetched on the way to a copy
        assert not [
            name
            for name, part in corpus.unzipped(path.read_bytes()).items()
            if b"lollol" in part or b"root:" in part
        ]


EACH = """
import json, sys
from pathlib import Path
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.form.find_template import find_template

def memory(kind):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024

if __name__ == "__main__":
    template = find_template()
    check_files([sys.argv[1]], template=template, jobs=1)
    for path in sorted(Path(sys.argv[2]).glob("[!e]*")):
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        before = memory("VmRSS")
        check_files([path], template=template, jobs=1)
        print(json.dumps([path.name, memory("VmHWM") - before]))
"""


@pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK),
    reason="the peak of one file is told by Linux only",
)
def test_none_takes_the_parents_memory(inbox: Path, tmp_path: Path) -> None:
    script = tmp_path / "each.py"
    script.write_text(EACH, encoding="utf-8")
    command = [sys.executable, str(script), str(corpus.BASE), str(inbox)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    taken = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(taken) == sum(not case.file.startswith("e") for case in CASES)
    for name, megabytes in sorted(taken, key=lambda one: one[1])[-5:]:
        print(f"{name}：主进程多用 {megabytes:.0f} MB（上限 {EACH_MB}）")
    assert max(megabytes for _, megabytes in taken) <= EACH_MB


# ---------------------------------------------------------------------------- broken at every tenth


def accounted(folder: Path) -> Counter[str]:
    """Every file of the folder is there, none as a fault of ours."""
    entries = check_files([folder], template=TEMPLATE, jobs=2)
    names = {entry.file.split("/")[0] for entry in entries}
    assert names == {path.name for path in folder.iterdir()}
    faults = [(entry.file, entry.reason) for entry in entries if "程序出错" in entry.reason]
    crashes = [
        entry.file
        for entry in entries
        if entry.report and any(f.code == "INT101" for f in entry.report.findings)
    ]
    assert not faults and not crashes
    assert all(entry.reason or entry.status is FileStatus.SUBMITTED for entry in entries)
    return Counter(entry.status.value for entry in entries)


def test_containers_cut_and_flipped_at_every_tenth(tmp_path: Path) -> None:
    data = corpus.base()
    files = {
        ".xlsx": data,
        ".xlsb": corpus.binary(),
        ".zip": zipped({"报送/一.xlsx": data, "二.xlsx": data}, gbk=True),
        ".eml": letter({"表.xlsx": data}),
        ".mbox": mbox([letter({"表.xlsx": data}), letter({})]),
        "加密.xlsx": corpus.locked(data, "x"),
    }
    for suffix, whole in files.items():
        for name, broken in (*corpus.truncated(whole, suffix), *corpus.flipped(whole, suffix)):
            (tmp_path / name).write_bytes(broken)
    accounted(tmp_path)


@office
def test_old_and_open_formats_cut_and_flipped_at_every_tenth(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for suffix, kind in ((".xls", "xls:MS Excel 97"), (".ods", "ods")):
        converted(kind, [corpus.BASE], tmp_path)
        whole = (tmp_path / f"{corpus.BASE.stem}{suffix}").read_bytes()
        for name, broken in (*corpus.truncated(whole, suffix), *corpus.flipped(whole, suffix)):
            (folder / name).write_bytes(broken)
    accounted(folder)


@office
def test_a_short_fuzz(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, data in fuzz.mutants(fuzz.sources(tmp_path), range(FUZZED), random.Random(20240305)):
        (tmp_path / "in" / name).write_bytes(data)
    accounted(tmp_path / "in")


# ---------------------------------------------------------------------------------------- passwords


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locked")
    (folder / "加密.xlsx").write_bytes(corpus.locked(corpus.base(), "对的密码"))
    (folder / "只读保护.xlsx").write_bytes(corpus.locked(corpus.base(), "VelvetSweatshop"))
    return folder


def test_a_password_of_the_bureau_opens_a_workbook(locked: Path) -> None:
    plain = check_files([corpus.BASE], template=TEMPLATE)[0]
    entries = check_files([locked], template=TEMPLATE, passwords=("错的", "对的密码"))
    for entry in entries:
        assert entry.report and plain.report and entry.report.findings == plain.report.findings
        assert entry.reason == "原件加密，已用密码打开"
        assert entry.sha256 == entry.report.sha256 != plain.sha256


def test_without_it_the_reason_says_what_to_ask_for(locked: Path) -> None:
    [unasked] = check_files([locked / "加密.xlsx"], template=TEMPLATE)
    assert (
        unasked.status is FileStatus.UNREADABLE
        and "已加密" in unasked.reason
        and "都打不开" not in unasked.reason
    )
    one, two = check_files([locked], template=TEMPLATE, passwords=("错的",))
    assert "给出的密码都打不开" in one.reason
    assert one.status is FileStatus.UNREADABLE and "加密" in one.reason and "密码" in one.reason
    assert two.status is FileStatus.SUBMITTED


def test_passwords_come_from_the_environment_and_are_nowhere_written(
    locked: Path, tmp_path: Path
) -> None:
    assert passwords.passwords_in({"JIXIAO_PASSWORDS": " a;b；a\r\n c \n"}) == ("a", "b", "c")
    assert passwords.passwords_in({}) == ()
    secret = "对的密码"
    command = [sys.executable, "-m", "jixiao_xlsx", "run", str(locked), "-o", str(tmp_path / "果")]
    done = subprocess.run(
        command,
        capture_output=True,
        env={**os.environ, "JIXIAO_PASSWORDS": f"x;{secret}"},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert secret.encode() not in done.stdout + done.stderr
    assert all(
        secret.encode() not in path.read_bytes()
        for path in (tmp_path / "果").rglob("*")
        if path.is_file()
    )
