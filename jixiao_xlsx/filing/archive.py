"""Freeze a season: originals, the results of every round, a table of contents, and digests.

The digests are in the form of `sha256sum`, so that an auditor can verify them without this program.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jixiao_xlsx.intake.inbox import RUN_RECORD
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output import files

CONTENTS, DIGESTS = "目录.csv", "校验.sha256"
_ORIGINALS = "原件"
_PASSED_OVER = (".jixiao-tmp", ".jixiao.json")
_WHAT = {
    "汇总.xlsx": "汇总",
    "审核.html": "审核页",
    "审核情况汇报.docx": "汇报",
    "审核情况附件（内部）.docx": "汇报的内部附件",
    "下发": "下发包和发送文字",
    "评分": "评分表",
    "退回": "退回的通知和批注副本",
    "待核实": "待核实的通知和批注副本",
    "通过": "通过的通知",
    "轮次": "底稿",
    RUN_RECORD: "运行记录",
}


@dataclass(frozen=True, slots=True)
class Archived:
    """What was frozen: the number of files, and the originals that run.json names and nobody gave.

    Each of these as (round, file).
    """

    files: int
    absent: tuple[tuple[str, str], ...] = ()


def freeze(results: Sequence[Path], originals: Sequence[Path], target: Path) -> Archived:
    """Copy results of runs, the first round first, and the originals into an empty folder.

    Raises InputError for a folder that is no result, Blocked where the target cannot be written.
    """
    if target.exists() and any(target.iterdir()):
        raise InputError(str(target), ["文件夹不是空的。档案只写进空文件夹，请另指一个"])
    records = [_record(result) for result in results]
    sources = [*_of_rounds(results), *_of_originals(originals)]
    digests: dict[str, str] = {}
    for source, place in sources:
        data = source.read_bytes()
        files.write_bytes(target / place, data)
        digests[place] = files.sha256_of(target / place)
    contents = _contents(digests, target)
    files.write_bytes(target / CONTENTS, contents)
    digests[CONTENTS] = files.sha256_of(target / CONTENTS)
    lines = "".join(f"{digest}  {place}\n" for place, digest in digests.items())
    files.write_bytes(target / DIGESTS, lines.encode())
    return Archived(len(sources), tuple(_absent(results, records, digests)))


def deviations(target: Path) -> list[str]:
    """Return what is wrong with an archive, a line each; [] for one as it was frozen.

    Raises InputError for a folder that is no archive.
    """
    if not (target / DIGESTS).is_file():
        raise InputError(str(target), [f"不是档案文件夹：里面没有“{DIGESTS}”"])
    frozen = dict(_digests((target / DIGESTS).read_text(encoding="utf-8")))
    there = {place: path for path, place in _inside(target, "") if place != DIGESTS}
    problems = [f"“{place}”不见了" for place in frozen if place not in there]
    problems += [
        f"“{place}”与归档时不同"
        for place, digest in frozen.items()
        if place in there and files.sha256_of(there[place]) != digest
    ]
    return problems + [f"“{place}”是归档以后加进来的" for place in there if place not in frozen]


def _record(result: Path) -> Mapping[str, Any]:
    try:
        record = json.loads((result / RUN_RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict) or "files" not in record:
        words = (
            f"不是结果文件夹：里面没有能读的“{RUN_RECORD}”。请指到 jixiao run 用 -o 写出的文件夹"
        )
        raise InputError(str(result), [words])
    return record


def _of_rounds(results: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield every file of the results with its place in the archive."""
    for at, result in enumerate(results, 1):
        yield from _inside(result, _round(at))


def _round(at: int) -> str:
    return f"第{at}轮/"


def _of_originals(originals: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield what departments sent, each folder or file under a name of its own."""
    taken: set[str] = set()
    for source in originals:
        name = files.unique(source.name or "收件", taken)
        if source.is_dir():
            yield from _inside(source, f"{_ORIGINALS}/{name}/")
        else:
            yield source, f"{_ORIGINALS}/{name}"


def _inside(folder: Path, before: str) -> Iterator[tuple[Path, str]]:
    """Yield the files of a folder, in order, each with its path below `before`."""
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and place.parts[0] not in _PASSED_OVER:
            yield path, before + place.as_posix()


def _absent(
    results: Sequence[Path], records: Iterable[Mapping[str, Any]], digests: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the files that a round read and that are not among the originals.

    What came in an archive or a mail is there if that is.
    """
    there = {digest for place, digest in digests.items() if place.startswith(f"{_ORIGINALS}/")}
    names = {place.rpartition("/")[2] for place in digests if place.startswith(f"{_ORIGINALS}/")}
    for at, record in enumerate(records, 1):
        for one in record["files"]:
            inside = any(part in names for part in one["file"].split("/")[:-1])
            if one["sha256"] and one["sha256"] not in there and not inside:
                yield _round(at).rstrip("/"), one["file"]


def _contents(digests: Mapping[str, str], target: Path) -> bytes:
    """Return 目录.csv, which a spreadsheet program opens."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(("序号", "文件", "内容", "字节", "SHA-256"))
    for number, (place, digest) in enumerate(digests.items(), 1):
        writer.writerow((number, place, _what(place), (target / place).stat().st_size, digest))
    return stream.getvalue().encode("utf-8-sig")


def _what(place: str) -> str:
    """Return what a file is, from where it stands."""
    head, _, rest = place.partition("/")
    if head == _ORIGINALS:
        return "部门报来的原件"
    return f"{head}{_WHAT.get(rest.partition('/')[0], '结果')}"


def _digests(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        digest, _, place = line.partition("  ")
        yield place, digest
