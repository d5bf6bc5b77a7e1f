"""Lists of the bureau read from a file or a folder, each workbook in a process with limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from jixiao_xlsx.batch.failures import Failure
from jixiao_xlsx.batch.opener import Opener
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.season.bureau_lists import BureauLists, projects_of, targets_of
from jixiao_xlsx.sources.lists import SourceLine, read_projects, read_targets
from jixiao_xlsx.values.people import Department

_Read = Callable[[bytes, str], tuple[SourceLine, ...]]
_TARGETS = "没有认得的绩效目标清单：要有“三级指标”和“指标值”（或“目标值”）两列"
_PROJECTS = "没有认得的项目清单：要有“项目名称”和“全年预算数”两列"


def approved_targets(path: Path, roster: Sequence[Department]) -> BureauLists:
    """Return the approved targets in a workbook or a folder of them. Raises InputError."""
    lines, notes = _listed(path, read_targets, _TARGETS)
    return targets_of(lines, roster) | BureauLists(notes=notes)


def listed_projects(path: Path, roster: Sequence[Department]) -> BureauLists:
    """Return the projects in a workbook. Raises InputError."""
    lines, notes = _listed(path, read_projects, _PROJECTS)
    return projects_of(lines, roster) | BureauLists(notes=notes)


def _listed(path: Path, read: _Read, nothing: str) -> tuple[list[SourceLine], tuple[str, ...]]:
    """Return the lines of all workbooks, and which could not be read. Raises InputError."""
    lines: list[SourceLine] = []
    notes: list[str] = []
    with Opener() as opener:
        for candidate in find_candidates([path], None, opener.unpacked):
            if candidate.set_aside:
                continue
            data = opener.content(candidate)
            try:
                if isinstance(data, Failure):
                    raise Refused(data.reason)
                found = opener.typed(read, data, candidate.file)
            except Refused as error:
                notes.append(f"“{candidate.file}”没有读成：{error.reason}")
                continue
            if not found:
                notes.append(f"“{candidate.file}”里{nothing}")
            lines += found
    if not lines:
        raise InputError(path.name, notes or [nothing])
    return lines, tuple(notes)
