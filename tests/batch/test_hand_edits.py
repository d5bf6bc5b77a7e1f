"""Whatever is typed into an output by hand survives a second run of the command that wrote it."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.comments import Comment
from openpyxl.workbook.workbook import Workbook

from jixiao_xlsx.cli import main

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
BOOK, PASSED = (next(INBOX.glob(f"县{name}*.xlsx")) for name in ("交通运输局", "图书馆"))
MARK = "手写的一句话"
REWRITTEN = {"run.json", ".jixiao.json"}  # the record itself


def _words(book: Workbook) -> list[Any]:
    """Return the cells with words on the first sheet."""
    cells = (cell for row in book.worksheets[0].iter_rows() for cell in row)
    return [cell for cell in cells if isinstance(cell.value, str) and cell.data_type == "s"]


def in_a_cell(path: Path) -> None:
    """Type into a cell."""
    book = openpyxl.load_workbook(path)
    _words(book)[-1].value = MARK
    book.save(path)


def as_a_formula(path: Path) -> None:
    """Type a formula beside the table."""
    book = openpyxl.load_workbook(path)
    book.worksheets[-1]["Z99"] = f'="{MARK}"&1'
    book.save(path)


def as_a_comment(path: Path) -> None:
    """Add a comment."""
    book = openpyxl.load_workbook(path)
    _words(book)[-1].comment = Comment(MARK, "复核人")
    book.save(path)


def in_the_text(path: Path) -> None:
    """Type into a document, or add a line to a text."""
    if path.suffix != ".docx":
        path.write_bytes(path.read_bytes() + f"\n{MARK}".encode())
        return
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                text = f"<w:p><w:r><w:t>{MARK}</w:t></w:r></w:p></w:body>"
                data = data.replace(b"</w:body>", text.encode())
            new.writestr(name, data)
    path.write_bytes(stream.getvalue())


COMMANDS = {
    "run": ["run", "收件箱", "-o", "结果", "--jobs", "1"],
    "score": ["score", str(BOOK), "-o", "结果"],
    "template": ["template", "-o", "结果"],
    "template of a roster": ["template", "--roster", "名册.csv", "-o", "结果"],
    "report": ["report", str(PASSED), "-o", "结果"],
}
PLACES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "cell": (in_a_cell, {".xlsx"}),
    "formula": (as_a_formula, {".xlsx"}),
    "comment": (as_a_comment, {".xlsx"}),
    "text": (in_the_text, {".docx", ".csv", ".json", ".eml", ".html"}),
}


def carried_out(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, COMMANDS[command])
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module", params=COMMANDS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which a command was carried out once, named by it."""
    folder = tmp_path_factory.mktemp("件") / str(request.param)
    (folder / "收件箱").mkdir(parents=True)
    for path in (BOOK, PASSED):
        shutil.copy2(path, folder / "收件箱")
    (folder / "名册.csv").write_text("部门编码,部门名称\n101,青禾县水务局\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        carried_out(folder.name, folder, patch)
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_what_is_typed_by_hand_survives(
    written: Path, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, suffixes = PLACES[place]
    folder = tmp_path / "件"
    shutil.copytree(written, folder)
    files = [
        path
        for path in sorted((folder / "结果").rglob("*"))
        if path.suffix in suffixes and path.name not in REWRITTEN
    ]
    typed = {}
    for path in files:
        edit(path)
        typed[path] = path.read_bytes()
    carried_out(written.name, folder, monkeypatch)
    for path, data in typed.items():
        beside = path.with_stem(f"{path.stem}（改动保留1）")
        kept = [one for one in (path, beside) if one.is_file() and one.read_bytes() == data]
        assert kept, f"{path.name} is lost"
