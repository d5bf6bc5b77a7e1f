"""Check files by themselves: `jixiao check`. Imports nothing that writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from jixiao_xlsx.batch.phases import Phases, Progress, identified_and_examined, phases_for
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.season.assign import Assignment, assign_each
from jixiao_xlsx.season.settle import entries_of
from jixiao_xlsx.values.season import Entry


def check_files(
    paths: Sequence[str | Path],
    *,
    template: Template,
    report: str | Path | None = None,
    passwords: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
    only: frozenset[str] | None = None,
) -> tuple[Entry, ...]:
    """Read and check the files of `paths`; nothing is scored or written.

    `report` is a written report (.docx): that of the only workbook, else of the one whose
    department it names. `only` are the names of the files wanted, where not all are.
    """
    with phases_for(
        [Path(path) for path in paths],
        template,
        only=only,
        jobs=jobs,
        scored=False,
        passwords=passwords,
        progress=progress,
    ) as phases:
        if report is None:
            return assigned_each(phases)[1]
        given = _given(report, phases)
        whole = replace(phases, files={**phases.files, **given})
        return assigned_each(whole, next(iter(given), None))[1]


def _given(report: str | Path, phases: Phases) -> Mapping[str, Candidate]:
    """Return the report that a person gave; it came with no other file."""
    names = {one.path: one.file for one in phases.files.values()}
    extra = [
        replace(one, beside="")
        for one in find_candidates([Path(report)], None, phases.opener.unpacked)
    ]
    named = [replace(one, file=names.get(one.path, one.file)) for one in extra]
    return {one.file: one for one in named}


def assigned_each(phases: Phases, given: str | None = None) -> tuple[Assignment, tuple[Entry, ...]]:
    """Examine every workbook by itself; `given` is the report that a person gave, if any."""
    assigner = partial(assign_each, title_words=phases.title_words, given=given)
    assignment, examined = identified_and_examined(phases, assigner)
    entries = entries_of(assignment, examined, ())
    wanted = sum(phases.scored and entry.counts for entry in entries)
    phases.step(len(entries) - wanted)
    return assignment, entries
