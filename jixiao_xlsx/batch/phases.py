"""The phases on files: identify, assign, and examine until what counts can be read."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from jixiao_xlsx.batch.examine import (
    REPORT_FAILED,
    Delivery,
    ExamineTask,
    examine,
    examine_only,
    not_examined,
)
from jixiao_xlsx.batch.executors.choose import TaskExecutor, executor_at
from jixiao_xlsx.batch.identify import identify_all
from jixiao_xlsx.batch.opener import Opener
from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.prose.language.read_words import read_vocabulary
from jixiao_xlsx.season.assign import Assignment
from jixiao_xlsx.values.work import Delivered, Examined, Identity, Work

# Files from which more than one process gains more than it costs, as measured on two cores.
_POOL_FROM_SCORED, _POOL_FROM_CHECKED = 24, 48
Assigner = Callable[[Sequence[Identity]], Assignment]
Examine = Callable[[ExamineTask], tuple[Examined, Delivered | None]]
Deliveries = Callable[[Assignment], Mapping[str, Delivery]]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Steps:
    """Counts two steps a file, once it is identified and once it is done with."""

    total: int
    report: Progress | None
    done: int = 0


@dataclass(frozen=True, slots=True)
class Phases:
    """What the phases need: the files of the inbox by name, the form, and the options of tasks.

    `scored`: scores are wanted as well as findings; `compared`: a round before was given.
    """

    files: Mapping[str, Candidate]
    template: Template
    opener: Opener
    executor: TaskExecutor
    steps: _Steps
    scored: bool = True
    compared: bool = False
    passwords: tuple[str, ...] = field(default=(), repr=False)

    @property
    def title_words(self) -> tuple[str, ...]:
        """Return words of which a report's title has one; () where reports are not read."""
        words = read_vocabulary(self.template)
        return tuple(words.report) if words else ()

    def content(self, file: str) -> bytes:
        """Return the bytes of a file of the inbox; b"" where it is gone since."""
        content = self.opener.content(self.files[file])
        return content if isinstance(content, bytes) else b""

    def step(self, number: int = 1) -> None:
        """Count steps as done."""
        for _ in range(number):
            self.steps.done += 1
            if self.steps.report:
                self.steps.report(self.steps.done, self.steps.total)


@contextlib.contextmanager
def phases_for(
    paths: Sequence[Path],
    template: Template,
    *,
    skip: Path | None = None,
    only: frozenset[str] | None = None,
    jobs: int | None = None,
    scored: bool = True,
    compared: bool = False,
    passwords: Sequence[str] = (),
    executor: object = None,
    progress: Progress | None = None,
) -> Iterator[Phases]:
    """Give the phases for all files under `paths` but those under `skip`, and who does the tasks.

    `only` are the names of the files wanted, where not all are; `executor` is as in Job. Raises
    Blocked where it cannot be used.
    """
    _load(template, scored=scored)
    with Opener() as opener:
        files = {
            one.file: one
            for one in _in_lists(find_candidates(paths, skip, opener.unpacked), opener, template)
            if only is None or one.file in only
        }
        processes = _processes(len(files), jobs, scored=scored)
        with executor_at(executor, processes, template.folder) as workers:
            yield Phases(
                files,
                template,
                opener,
                workers,
                _Steps(2 * len(files), progress),
                scored,
                compared,
                tuple(passwords),
            )


def _in_lists(
    candidates: Iterable[Candidate], opener: Opener, template: Template
) -> Iterator[Candidate]:
    """Yield the candidates; of a county's own form each part of those that hold several.

    Of a list of all departments, and of a workbook with a sheet for each unit or project.
    """
    for one in candidates:
        if not template.blank or one.set_aside:
            yield one
        else:
            yield from opener.listed(one, template)


def _load(template: Template, *, scored: bool) -> None:
    """Load what every task needs before the first process starts: a fork has it then."""
    catalogue(template)
    read_vocabulary(template)
    if scored:
        from jixiao_xlsx.output.word.letters import load_letters
        from jixiao_xlsx.output.xlsx.annotated import book  # noqa: F401

        load_letters(template)
    gc.freeze()  # no search for garbage goes over it, here or in a fork


def _processes(files: int, jobs: int | None, *, scored: bool) -> int:
    """Return the number of processes; `jobs` None: one per processor where that gains."""
    if jobs is None:
        enough = _POOL_FROM_SCORED if scored else _POOL_FROM_CHECKED
        jobs = (os.cpu_count() or 1) if files >= enough else 1
    return max(1, min(jobs, files))


def identified_and_examined(
    phases: Phases,
    assign: Assigner,
    work: Examine = examine_only,
    deliveries: Deliveries = lambda assignment: {},
    take: Callable[[Delivered], object] = lambda delivered: None,
) -> tuple[Assignment, Mapping[str, Examined]]:
    """Return who is who, and what came of each workbook that counts, by file.

    A workbook that turns out unreadable counts for nobody: the assignment is made again without it,
    so that an older one of its department can take its place. `work` examines one; `deliveries`
    are what it is to write at once of the workbooks of an assignment; that goes to `take`.
    """
    identities = _identities(phases)
    examined: dict[str, Examined] = {}
    while True:
        assignment = assign(identities)
        works = [one for file, one in assignment.works.items() if file not in examined]
        if not works:
            return assignment, examined
        task = partial(_task, phases, assignment, deliveries(assignment))
        examined |= _examined(phases, work, works, task, take)
        failed = {file: one for file, one in examined.items() if one.report is None}
        identities = [
            _failed(one, failed[one.file]) if one.file in failed else one for one in identities
        ]


def _examined(
    phases: Phases,
    work: Examine,
    works: Sequence[Work],
    task_of: Callable[[Work], ExamineTask],
    take: Callable[[Delivered], object],
) -> Mapping[str, Examined]:
    """Return what came of each workbook.

    One that its process did not come back from is tried again without writing anything, one that
    failed with its report without that.
    """
    found: dict[str, Examined] = {}
    lost: set[str] = set()

    def lost_once(task: ExamineTask, cause: str) -> tuple[Examined, None]:
        lost.add(task.file)
        return not_examined(task, cause), None

    tasks = map(task_of, works)
    for examined, delivered in phases.executor.results(work, tasks, lost_once):
        found[examined.file] = examined
        if delivered is not None:
            take(delivered)
            phases.step()
    again = (task_of(one) for one in works if one.file in lost)
    alone = (replace(task, delivery=None) for task in again if task.delivery)
    found |= {one.file: one for one in phases.executor.results(examine, alone, not_examined)}
    bare = (
        replace(task_of(one), delivery=None, report=None, problem=REPORT_FAILED)
        for one in works
        if one.report and found[one.file].report is None
    )
    return found | {one.file: one for one in phases.executor.results(examine, bare, not_examined)}


def _identities(phases: Phases) -> list[Identity]:
    found = {}
    for one in identify_all(
        phases.files.values(), phases.template, phases.passwords, phases.opener, phases.executor
    ):
        found[one.file] = one
        phases.step()
    return [found[file] for file in phases.files]


def _failed(identity: Identity, examined: Examined) -> Identity:
    return replace(identity, status=examined.status, reason=examined.reason, faults=examined.faults)


def _task(
    phases: Phases, assignment: Assignment, deliveries: Mapping[str, Delivery], work: Work
) -> ExamineTask:
    problem = assignment.problems.get(work.file, "")
    return ExamineTask(
        work,
        phases.content(work.file),
        phases.template.folder,
        phases.content(work.report) if work.report and not problem else None,
        problem,
        phases.scored,
        phases.compared,
        phases.passwords,
        deliveries.get(work.file),
    )
