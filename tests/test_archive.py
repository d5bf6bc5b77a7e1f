"""jixiao archive freezes originals and results; jixiao verify names what is no longer as it was."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import jixiao_xlsx as jx
from jixiao_xlsx.cli import main

SAMPLES = Path(__file__).parents[1] / "samples"


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "in").mkdir()
    for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))[:2]:
        shutil.copy(path, folder / "in")
    jx.run(folder / "in", folder / "out", jobs=1)
    return folder


@pytest.fixture
def frozen(season: Path, tmp_path: Path) -> Path:
    done = call("archive", season / "out", "--originals", season / "in", "-o", tmp_path / "档案")
    assert done.exit_code == 0 and "不在给出的原件里" not in done.output
    return tmp_path / "档案"


def test_every_file_is_there_with_its_digest_and_listed(season: Path, frozen: Path) -> None:
    listed = list(csv.DictReader((frozen / "目录.csv").read_text("utf-8-sig").splitlines()))
    for folder, place in ((season / "out", "第1轮"), (season / "in", "原件/in")):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            copy = frozen / place / name
            assert copy.read_bytes() == path.read_bytes()
            (line,) = [one for one in listed if one["文件"] == f"{place}/{name}"]
            assert line["SHA-256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert int(line["字节"]) == path.stat().st_size
    assert call("verify", frozen).exit_code == 0


def test_what_was_changed_removed_or_added_is_named(frozen: Path) -> None:
    (frozen / "第1轮" / "findings.csv").write_bytes(b"x")
    (frozen / "第1轮" / "run.json").unlink()
    (frozen / "新.txt").write_bytes(b"")
    done = call("verify", frozen)
    assert done.exit_code == 1
    for words in ("findings.csv”与归档时不同", "run.json”不见了", "“新.txt”是归档以后加进来的"):
        assert words in done.output
    assert "有 3 处变动" in done.output


def test_an_original_that_nobody_gave_is_said(season: Path, tmp_path: Path) -> None:
    one = next((season / "in").iterdir())
    done = call("archive", season / "out", "--originals", one, "-o", tmp_path / "档案")
    assert done.exit_code == 0
    assert done.output.count("不在给出的原件里") == len(list((season / "in").iterdir())) - 1


def test_rounds_stand_side_by_side(season: Path, tmp_path: Path) -> None:
    done = call("archive", season / "out", season / "out", "-o", tmp_path / "档案")
    assert done.exit_code == 0
    assert {path.name for path in (tmp_path / "档案").iterdir()} >= {"第1轮", "第2轮"}


def test_nothing_is_written_over_and_no_other_folder_is_taken(season: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_bytes(b"mine")
    full = call("archive", season / "out", "-o", tmp_path / "full")
    assert full.exit_code == 2 and "不是空的" in full.output
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["a"]
    other = call("archive", season / "in", "-o", tmp_path / "档案")
    assert other.exit_code == 2 and "不是结果文件夹" in other.output
    assert call("verify", season / "in").exit_code == 2
