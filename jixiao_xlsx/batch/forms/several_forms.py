"""Several forms at once: each file is taken by the form that it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jixiao_xlsx.batch.identify import identify_all
from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.batch.phases import Progress, phases_for
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.work import FileKind

Only = frozenset[str] | None  # the files that a form takes; None: all
_NOT_OURS = frozenset({FileStatus.UNRECOGNISED, FileStatus.UNREADABLE})


def files_by_form(
    paths: Sequence[Path],
    forms: Sequence[Template],
    passwords: Sequence[str] = (),
    skip: Path | None = None,
) -> Mapping[Template, Only]:
    """Return the files that each form takes: workbooks that are most like it, the rest the first.

    Written reports go with every form: they belong to a workbook that one of them has.
    """
    if len(forms) == 1:
        return {forms[0]: None}
    taken: dict[str, Template] = {}
    likeness: dict[str, float] = {}
    reports: set[str] = set()
    files: set[str] = set()
    for form in forms:
        with phases_for(paths, form, skip=skip, passwords=passwords) as phases:
            files |= phases.files.keys()
            candidates = phases.files.values()
            for one in identify_all(
                candidates, form, tuple(passwords), phases.opener, phases.executor
            ):
                if one.kind is FileKind.REPORT:
                    reports.add(one.file)
                elif one.status not in _NOT_OURS and one.likeness > likeness.get(one.file, 0):
                    taken[one.file], likeness[one.file] = form, one.likeness
    rest = files - taken.keys() - reports
    rest -= {whole for part in taken for whole in rest if part.startswith(f"{whole}/")}
    return {
        form: frozenset(
            {file for file, owner in taken.items() if owner is form}
            | reports
            | (rest if form is forms[0] else set())
        )
        for form in forms
    }


def with_each_form(
    work: Callable[[Template, Only], tuple[Entry, ...]],
    paths: Sequence[Path],
    forms: Sequence[Template],
    passwords: Sequence[str],
    skip: Path | None = None,
) -> tuple[Entry, ...]:
    """Return what came of all files: each worked on by the form that it is of."""
    shares = files_by_form(paths, forms, passwords, skip)
    entries: dict[str, Entry] = {}
    for form, only in shares.items():
        for entry in work(form, only) if only is None or only else ():
            if entry.file not in entries or entry.counts:
                entries[entry.file] = entry
    return tuple(entries[file] for file in sorted(entries))


def run_each(
    job: Job, forms: Sequence[Template], progress: Progress | None = None
) -> Iterator[tuple[Path, Season]]:
    """Run each form on its own files, and yield its folder and season.

    Of several forms each has a folder of its own in the output, the earlier ones are looked for in
    folders of the same name.
    """
    from jixiao_xlsx.batch.run import run  # with all that writes: checking needs none of it

    if len(forms) == 1:
        yield job.output, run(replace(job, template=forms[0]), progress)
        return
    for form, only in files_by_form(job.inboxes, forms, job.passwords, job.output).items():
        if only:
            name = safe_name(form.file_name)
            own = replace(
                job,
                template=form,
                output=job.output / name,
                only=only,
                previous=_own(job.previous, name),
                last_year=_own(job.last_year, name),
                review=_own(job.review, name),
            )
            yield own.output, run(own, progress)


def _own(folder: Path | None, name: str) -> Path | None:
    return folder / name if folder and (folder / name).is_dir() else folder
