"""The whole run: every file read, checked, scored and written, in processes where that gains, and accounted for.

A worker answers with a light Answer and leaves the scored workbook in a staging folder; which submission counts is known
only when all are read, so the parent puts the finished workbooks in their place.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from jixiao_xlsx import checker, intake, reader, scorer
from jixiao_xlsx.intake import Candidate
from jixiao_xlsx.model import Answer, Batch, Bureau, FileStatus, Place, Report, Scorecard, Skipped
from jixiao_xlsx.spec import Template, find_template
from jixiao_xlsx.writers import records
from jixiao_xlsx.writers.files import Blocked, move_whole, sha256_of, unique, write_bytes, write_pieces, write_whole
from jixiao_xlsx.writers.outbox import RUN_RECORD, Outbox
from jixiao_xlsx.writers.safe import safe_name
from jixiao_xlsx.writers.scored import write_scored

STAGING = ".jixiao-tmp"
SCORED = "评分"
SUMMARY = "汇总.xlsx"
POOL_FROM = 24  # files: below this, starting processes costs more than they save

Progress = Callable[[int, int], None]


# ---------------------------------------------------------------------------------------------------------- one file


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told: the file, the folder of the form, and where to leave the scored workbook (None: check only)."""

    candidate: Candidate
    template: Path
    staged: Path | None = None


Work = Callable[[Task], Answer]


def examine(task: Task) -> Answer:
    """Read, check and score one file. Never raises: whatever happens to it is in its Answer."""
    candidate = task.candidate
    if candidate.set_aside:
        return replace(_failed(candidate, candidate.set_aside), status=FileStatus.UNRECOGNISED)
    try:
        data = candidate.path.read_bytes()
        answer = Answer(candidate.file, FileStatus.SUBMITTED, sha256=records.digest(data), size=len(data))
        return _worked(answer, data, task)
    except reader.Unreadable as error:
        return replace(_failed(candidate, error.reason), status=error.status)
    except OSError as error:
        return _failed(candidate, f"无法打开：{error.strerror or '系统拒绝访问'}")
    except MemoryError:
        return _failed(candidate, "文件展开后过大，内存不足")
    except Exception as error:  # one bad file never stops a batch
        return _failed(candidate, _fault(error))


def _failed(candidate: Candidate, reason: str) -> Answer:
    digest = ""
    if candidate.saved:  # a regular file
        with contextlib.suppress(OSError):
            digest = sha256_of(candidate.path)
    return Answer(candidate.file, FileStatus.UNREADABLE, reason, digest, candidate.size)


def _fault(error: Exception) -> str:
    return f"处理这个文件时程序出错，请把文件交给维护人员（{type(error).__name__}）"


def _worked(answer: Answer, data: bytes, task: Task) -> Answer:
    template = find_template(task.template)
    submission = reader.read_bytes(data, answer.file, template)
    report = checker.check(submission, template)
    answer = replace(answer, department=report.department, report=_light_report(report))
    if task.staged is None:
        return answer
    card = scorer.score(submission, template)
    answer = replace(answer, scorecard=_light_card(card))
    try:
        write_whole(task.staged, lambda stream: write_scored(stream, submission, report, card, template))
    except Blocked as blocked:
        return replace(answer, problem=str(blocked))
    except Exception as error:  # what was checked stays, whatever became of the workbook
        return replace(answer, problem=f"评分表没有写成：程序出错，请把文件交给维护人员（{type(error).__name__}）")
    return answer


def _light_report(report: Report) -> Report:
    return replace(report, checked=dict(report.checked))


def _light_card(card: Scorecard) -> Scorecard:
    return replace(card, indicators=tuple(replace(score, places={}) for score in card.indicators))


# ---------------------------------------------------------------------------------------------------------- all files


def examine_all(tasks: Sequence[Task], jobs: int | None = None, progress: Progress | None = None) -> list[Answer]:
    """The answers to `tasks`, in their order; with several processes where `jobs` and the number of files allow.

    `jobs` None: one per processor for 24 files or more, else one.
    """
    if jobs is None:
        jobs = (os.cpu_count() or 1) if len(tasks) >= POOL_FROM else 1
    jobs = min(jobs, len(tasks))
    answers: dict[str, Answer] = {}
    known: dict[Any, Any] = {}
    for answer in in_processes(examine, tasks, jobs) if jobs > 1 else map(examine, tasks):
        answers[answer.file] = _shared(answer, known)
        if progress:
            progress(len(answers), len(tasks))
    return [answers[task.candidate.file] for task in tasks]


def in_processes(work: Work, tasks: Sequence[Task], jobs: int) -> Iterator[Answer]:
    """Answers as they come. A process that dies costs its file only: those in flight are tried again, one at a time."""
    waiting = deque(tasks)
    while waiting:
        pool = _pool(jobs)
        if pool is None:
            yield from map(work, waiting)
            return
        flying: dict[Future[Answer], Task] = {}
        try:
            while waiting or flying:
                while waiting and len(flying) < 2 * jobs:
                    future = pool.submit(work, waiting[0])
                    flying[future] = waiting.popleft()
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    answer = _result(future, flying[future])
                    del flying[future]
                    yield answer
        except BrokenProcessPool:
            pass
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        yield from (_alone(work, task) for task in flying.values())


def _result(future: Future[Answer], task: Task) -> Answer:
    """What the process answered. Raises BrokenProcessPool when it died."""
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except Exception as error:  # an answer that could not come back is still an answer
        return _failed(task.candidate, _fault(error))


def _alone(work: Work, task: Task) -> Answer:
    """The answer to one task in a process of its own; if that dies, the file is what kills it."""
    pool = _pool(1)
    if pool is None:
        return _failed(task.candidate, "系统资源不足，没有处理")
    try:
        return _result(pool.submit(work, task), task)
    except BrokenProcessPool:
        return _failed(task.candidate, "读取时程序异常中止，文件可能已损坏或过大")
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor | None:
    """Processes that are known to start; None where they don't (from a script without a main guard, say)."""
    # Spawn behaves alike everywhere and never copies threads; Windows allows 61 processes.
    pool = ProcessPoolExecutor(min(jobs, 61), mp_context=multiprocessing.get_context("spawn"))
    try:
        pool.submit(os.getpid).result()
    except (BrokenProcessPool, OSError):
        pool.shutdown(wait=True, cancel_futures=True)
        return None
    return pool


def _shared(value: Any, known: dict[Any, Any]) -> Any:
    """`value` with what it holds in common with earlier ones held once: a season of answers is mostly repetition."""
    kind = type(value)
    if kind in _LEAVES:
        return known.setdefault((kind, value), value)
    if kind is tuple:
        return tuple([_shared(item, known) for item in value])
    if kind is dict:
        return {_shared(key, known): _shared(item, known) for key, item in value.items()}
    if is_dataclass(kind):
        return replace(value, **{f.name: _shared(getattr(value, f.name), known) for f in fields(kind)})
    return value


_LEAVES = frozenset({str, Fraction, Decimal, Place, Skipped})


# ---------------------------------------------------------------------------------------------------------- the run


def run(
    inboxes: Sequence[str | Path],
    output: str | Path,
    *,
    template: Template,
    roster_path: str | Path | None = None,
    bureau_path: str | Path | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Read, check and score all of `inboxes`; write 汇总.xlsx, 评分/, findings.csv, findings.json and run.json into `output`.

    `bureau.toml` is looked for beside the roster unless given. `progress` is told (files done, files in all). Outputs that
    could not be written are in `Batch.problems` and each Answer's `problem`. Raises intake.InputError, Blocked.
    """
    output = Path(output)
    roster = intake.read_roster(Path(roster_path)) if roster_path else ()
    bureau_file = Path(bureau_path) if bureau_path else intake.bureau_beside(roster_path)
    bureau = intake.read_bureau(bureau_file) if bureau_file else Bureau()
    with _examined(inboxes, output, template, jobs, progress) as (found, answers, staged):
        year = intake.season((answer.report for answer in answers if answer.report), bureau)
        settled = intake.settle(answers, roster, year, {candidate.file: candidate.saved for candidate in found})
        outbox = Outbox(output)
        delivered = tuple(_delivered(answer, staged, outbox) for answer in _named(settled, f"{SCORED}/"))
        batch = Batch(template.id, template.version, year, bureau, roster, delivered)
        problems = [problem for make in _SHARED if (problem := make(batch, template, outbox))]
    outbox.remove_stale()
    inputs = {Path(path).name: sha256_of(Path(path)) for path in (roster_path, bureau_file) if path}
    write_bytes(output / RUN_RECORD, records.run_document(batch, inputs, outbox.outputs))
    return replace(batch, problems=tuple(problems), notes=tuple(outbox.notes))


def _summary(batch: Batch, template: Template, outbox: Outbox) -> str:
    from jixiao_xlsx.writers.summary import write_summary  # pandas: not for the workers, who import this module too

    stream = io.BytesIO()
    write_summary(stream, batch, checker.catalogue(template), template)
    return outbox.put(SUMMARY, stream.getvalue())


def _csv(batch: Batch, template: Template, outbox: Outbox) -> str:
    return outbox.put("findings.csv", records.findings_csv(batch.answers))


def _json(batch: Batch, template: Template, outbox: Outbox) -> str:
    staged = outbox.folder / STAGING / "findings.json"
    write_pieces(staged, records.findings_json(batch.answers, template, batch=True))
    return outbox.put("findings.json", staged)


# What is about all departments together: each puts its file into the outbox and returns why it could not.
_SHARED = (_summary, _csv, _json)


def score_files(
    paths: Sequence[str | Path],
    output: str | Path,
    *,
    template: Template,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Answer, ...]:
    """Write one scored workbook into `output` for each file of `paths`, without roster or summary. Raises Blocked."""
    with _examined(paths, Path(output), template, jobs, progress) as (_, answers, staged):
        return tuple(_moved(answer, staged, Path(output)) for answer in _named(answers))


def check_files(
    paths: Sequence[str | Path], *, template: Template, jobs: int | None = None, progress: Progress | None = None
) -> tuple[Answer, ...]:
    """Read and check the files of `paths`; nothing is scored or written."""
    tasks = [Task(candidate, template.folder) for candidate in intake.candidates(map(Path, paths))]
    return tuple(examine_all(tasks, jobs, progress))


@contextlib.contextmanager
def _examined(
    paths: Sequence[str | Path], output: Path, template: Template, jobs: int | None, progress: Progress | None
) -> Iterator[tuple[tuple[Candidate, ...], list[Answer], Mapping[str, Path]]]:
    """Candidates, their answers, and where each scored workbook waits until the end of the block."""
    found = intake.candidates(map(Path, paths), skip=output)
    staging = output / STAGING
    try:
        shutil.rmtree(staging, ignore_errors=True)  # of a run that was killed
        staging.mkdir(parents=True)
    except OSError as error:
        raise Blocked(f"结果文件夹“{output.name}”不能写入：{error.strerror or '系统拒绝访问'}") from error
    try:
        staged = {candidate.file: staging / f"{number}.xlsx" for number, candidate in enumerate(found)}
        yield found, examine_all([Task(c, template.folder, staged[c.file]) for c in found], jobs, progress), staged
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _named(answers: Sequence[Answer], prefix: str = "") -> Iterator[Answer]:
    """`answers` with the name of the scored workbook of each that counts, no two alike on any system."""
    taken: set[str] = set()
    for answer in answers:
        if answer.status is not FileStatus.SUBMITTED or answer.problem:
            yield answer
            continue
        name = unique(safe_name(answer.department or Path(answer.file).stem), taken)
        yield replace(answer, output=f"{prefix}{name}.xlsx")


def _delivered(answer: Answer, staged: Mapping[str, Path], outbox: Outbox) -> Answer:
    if not answer.output:
        return answer
    problem = outbox.put(answer.output, staged[answer.file])
    return replace(answer, output="" if problem else answer.output, problem=problem)


def _moved(answer: Answer, staged: Mapping[str, Path], output: Path) -> Answer:
    if not answer.output:
        return answer
    try:
        move_whole(staged[answer.file], output / answer.output)
    except Blocked as blocked:
        return replace(answer, output="", problem=str(blocked))
    return answer
