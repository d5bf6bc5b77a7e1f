"""The log of a command (`--log`): what was done to each file, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jixiao_xlsx.output.text.terminal import line_safe, totals_text
from jixiao_xlsx.values.program import version
from jixiao_xlsx.values.season import Entry, Season
from jixiao_xlsx.values.severity import Severity


def log_text(command: str, entries: Sequence[Entry], seasons: Sequence[Season] = ()) -> bytes:
    """Return the log in UTF-8, as Windows' Notepad knows it by its mark; the same work gives the
    same bytes.
    """
    lines = [f"jixiao {version()} {command}", *map(_entry_line, entries), totals_text(entries)]
    lines += [line for season in seasons for line in _season_lines(season)]
    return ("\ufeff" + "".join(f"{line_safe(line)}\n" for line in lines)).encode()


def _entry_line(entry: Entry) -> str:
    said = "；".join(part for part in _done_to(entry) if part)
    return f"{entry.file}  {entry.status.value}：{said or '—'}"


def _done_to(entry: Entry) -> Iterator[str]:
    yield entry.department
    yield entry.reason
    if report := entry.report:
        yield f"读 {report.cells_read} 格，认得 {report.cells_handled} 格"
        yield "，".join(f"{severity.label} {report.count(severity)}" for severity in Severity)
        yield report.result.value
    for card in entry.scorecards:
        if card.total is not None:
            yield f"{f'{card.item} ' if card.item else ''}复算总分 {card.total}"
    for name, note in entry.documents:
        yield f"随附 {name}{f'（{note}）' if note else ''}"
    written = [path for path in (entry.output, *entry.returned) if path]
    yield f"写出 {'、'.join(written)}" if written else ""
    yield entry.problem
    yield from (f"程序出错：{fault}" for fault in entry.faults)


def _season_lines(season: Season) -> Iterator[str]:
    yield from (f"注意：{problem}" for problem in season.problems)
    yield from (f"说明：{note}" for note in season.notes)
    if season.missing:
        yield f"未报：{'、'.join(department.name for department in season.missing)}"
