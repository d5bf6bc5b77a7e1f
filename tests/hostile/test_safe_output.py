"""Whatever a department types, nothing of it becomes a formula, a path, a link, markup or a mail
header in what we write.
"""

from __future__ import annotations

import csv
import email
import io
import os
import re
import zipfile
from email import policy
from pathlib import Path

import corpus
import pytest
from parcels import zipped

import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.typed_numbers import State

TEMPLATE = find_template()
FAULTY = next(path for path in corpus.SAMPLES.glob("*.xlsx") if "临泽县机关事务中心" in path.name)
EVIL = (
    '=HYPERLINK("http://192.0.2.1/a","点")',
    "＝cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "\u3000=1+1",
    "http://192.0.2.1/b",
    "../../../../tmp/逃出去",
    "con",
    "{{ 7*191 }}{% raw %}",
    "</w:t></w:r><w:r><w:instrText>INCLUDEPICTURE http://192.0.2.1/c</w:instrText></w:r>",
    "甲\nBcc: evil@example.com\n\nX-Evil: 1",
    "<script>alert(1)</script>&amp;",
    "\u202e甲_x0007_\ufffe",
)
PATHS = (
    "../../../逃出去.xlsx",
    "/tmp/逃出去.xlsx",
    "C:\\Windows\\逃出去.xlsx",
    '=HYPERLINK("http://192.0.2.1").xlsx',
    "con\nBcc: evil@example.com.xlsx",
)
MARKS = ("192.0.2.1", "/C calc", "1337", "evil@", "X-Evil", "instrText", "script")


def poisoned(name: str) -> bytes:
    """A faulty sample with every free text replaced by something evil, and `name` for its
    department.
    """
    parts = corpus.unzipped(FAULTY.read_bytes())
    submission = workbook.read(FAULTY, TEMPLATE)
    turn = 0
    for table in submission.tables.values():
        spec = TEMPLATE.table[table.name]
        for cell in table.cells():
            about = spec.row.get(cell.row)
            if (
                cell.state is not State.TEXT
                or cell.formula is not None
                or (about and spec.shape != "record")
            ):
                continue
            evil = EVIL[turn % len(EVIL)]
            if spec.shape == "record" and cell.row not in {
                "填报人",
                "单位负责人",
                "财务负责人",
                "部门名称",
                "联系电话",
            }:
                continue
            turn += 1
            parts = _with_text(
                parts, table.sheet, cell.ref, name if cell.row == "部门名称" else evil
            )
    assert turn > len(EVIL)
    return corpus.rezipped(parts)


def _with_text(parts: dict[str, bytes], sheet: str, ref: str, words: str) -> dict[str, bytes]:
    part = corpus.part_of(parts, sheet)
    escaped = (
        words.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("\n", "&#10;")
        .replace("\ufffe", "")
    )
    pattern = re.compile(rf'<c r="{ref}"( s="\d+")?[^>/]*(?:/>|>.*?</c>)', re.DOTALL)
    cell = f'<c r="{ref}"{{}} t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'
    xml = pattern.sub(
        lambda match: cell.replace("{}", match[1] or "", 1), parts[part].decode(), count=1
    )
    return parts | {part: xml.encode()}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("safe")
    inbox = root / "in"
    inbox.mkdir()
    books = {name: poisoned(name) for name in EVIL}
    for number, data in enumerate(books.values()):
        if number >= len(PATHS):
            (inbox / f"=1+1{number}.xlsx").write_bytes(data)
    (inbox / "包.zip").write_bytes(zipped(dict(zip(PATHS, books.values(), strict=False))))
    # Windows refuses control characters in names
    (inbox / ("=cmd.xlsx" if os.name == "nt" else "\x1b[31m=cmd\n.xlsx")).write_bytes(b"x")
    done = jx.run([inbox], root / "out", template=TEMPLATE, jobs=2)
    counting = [entry for entry in done.entries if entry.counts]
    assert len(counting) == len(EVIL), [
        (entry.file, entry.reason) for entry in done.entries if not entry.counts
    ]
    assert not [entry.problem for entry in done.entries if entry.problem] and not done.problems
    assert sum(entry.status is FileStatus.UNREADABLE for entry in done.entries) == 1
    return root / "out"


def test_nothing_is_written_outside_and_names_are_harmless(output: Path) -> None:
    assert {path.name for path in output.parent.iterdir()} == {"in", "out"}
    names = [path.name for path in output.rglob("*")]
    assert not [
        name
        for name in names
        if re.search(r'[\\/:*?"<>|\x00-\x1f]', name) or name.startswith(("~", " ", "."))
    ]
    assert not [name for name in names if re.match(r"(?i)(con|nul|aux|prn)(\.|$)", name)]
    assert not [path for path in (Path("/tmp"), *output.parents) if (path / "逃出去.xlsx").exists()]


def packages(output: Path, suffix: str) -> list[tuple[Path, dict[str, str]]]:
    found = []
    for path in sorted(output.rglob(f"*{suffix}")):
        with zipfile.ZipFile(path) as archive:
            parts = {
                name: archive.read(name).decode("utf-8", "replace")
                for name in archive.namelist()
                if name.endswith(("xml", "rels"))
            }
        found.append((path, parts))
    assert found
    return found


def test_no_text_becomes_a_formula_or_a_link_in_a_workbook(output: Path) -> None:
    for path, parts in packages(output, ".xlsx"):
        for name, xml in parts.items():
            formulas = re.findall(r"<(?:\w+:)?(?:f|formula1?2?)(?: [^>]*)?>([^<]*)</", xml)
            assert not [text for text in formulas if any(mark in text for mark in MARKS)], (
                path,
                name,
            )
            for target in re.findall(
                r'<Relationship [^>]*Target="([^"]*)" TargetMode="External"', xml
            ):
                inside = re.split(r"[/\\]", target)  # only to what the same run wrote
                assert (
                    inside[0] in {"评分", "退回", "待核实", "通过"}
                    and ".." not in inside
                    and ":" not in target
                ), (
                    path,
                    name,
                    target,
                )
            assert "<script" not in xml and "<w:instrText" not in xml


def test_no_text_becomes_markup_in_a_letter(output: Path) -> None:
    for path, parts in packages(output, ".docx"):
        for name, xml in parts.items():
            assert "<w:instrText" not in xml and "1337" not in xml, (path, name)
            assert not re.search(r'TargetMode="External"', xml), (path, name)


def test_no_text_becomes_a_formula_in_csv(output: Path) -> None:
    lines = list(
        csv.reader(
            io.StringIO((output / "findings.csv").read_text(encoding="utf-8-sig"), newline="")
        )
    )
    assert len(lines) > len(EVIL)
    for line in lines:
        for cell in line:
            risky = cell.lstrip()[:1] in set("=+-@＝＋－＠") or cell[:1] in set("\t\r\n")
            assert not risky or not cell or re.fullmatch(r"[+-]?\d+(\.\d+)?%?", cell), cell


def test_no_text_becomes_a_mail_header(output: Path) -> None:
    for path in output.rglob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        assert not {"bcc", "cc", "x-evil"} & {key.lower() for key in message}, path
        for part in message.walk():
            assert "\n" not in (part.get_filename() or "") and "/" not in (
                part.get_filename() or ""
            )
