"""The generator makes the committed samples again, byte for byte, and leaves the hand-made ones
alone.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, str(SAMPLES / "generate.py"), "-o", str(folder)], check=True)
    return folder


def parts(path: Path) -> dict[str, bytes]:
    """What is in the file, whatever zlib packed it."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_workbooks_come_out_the_same(again: Path) -> None:
    made = sorted((again / "inbox").iterdir())
    assert [path.suffix for path in made].count(".xlsx") == 35 and len(made) == 36
    assert [path.name for path in made if parts(path) != parts(SAMPLES / "inbox" / path.name)] == []


def test_expectations_come_out_the_same(again: Path) -> None:
    made = {
        path.relative_to(again): path.read_bytes() for path in (again / "expected").rglob("*.csv")
    }
    assert made == {
        path.relative_to(SAMPLES): path.read_bytes()
        for path in (SAMPLES / "expected").rglob("*.csv")
    }


def test_sources_come_out_the_same(again: Path) -> None:
    made = {p.relative_to(again): p for p in (again / "sources").rglob("*") if p.is_file()}
    kept = {p.relative_to(SAMPLES): p for p in (SAMPLES / "sources").rglob("*") if p.is_file()}
    assert made.keys() == kept.keys() and made
    for name, path in made.items():
        packed = path.suffix == ".xlsx"
        assert (
            parts(path) == parts(kept[name])
            if packed
            else path.read_bytes() == kept[name].read_bytes()
        )


def test_forty_workbooks_each_with_its_expectations() -> None:
    books = {path.stem for path in (SAMPLES / "inbox").glob("*.xlsx")}
    assert len(books) == 40
    assert books == {path.stem for path in (SAMPLES / "expected").glob("*.csv")}


def test_each_written_report_has_its_expectations() -> None:
    reports = {path.stem for path in (SAMPLES / "inbox").glob("*.docx")}
    assert len(reports) == 2 and reports == {
        path.stem for path in (SAMPLES / "expected" / "reports").glob("*.csv")
    }


def test_twenty_faulty_one_seed_nineteen_clean() -> None:
    findings = {}
    for path in (SAMPLES / "expected").glob("*.csv"):
        findings[path.stem] = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert sum(not found for found in findings.values()) == 19
    assert sum(bool(found) for found in findings.values()) == 21


def test_roster() -> None:
    with (SAMPLES / "departments.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert len(lines) == 61
    assert (
        len({line["部门编码"] for line in lines}) == len({line["部门名称"] for line in lines}) == 61
    )
    assert lines[-1]["部门名称"] == "临泽县机关事务中心"
    assert all(line["邮箱"].endswith(".example.com") for line in lines)
