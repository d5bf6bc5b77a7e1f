"""One file after another, in processes where that gains: read, checked, scored, and its scored workbook written.

A worker answers with a light Answer, never with a workbook or a frame; what it writes waits in a staging folder until all
are read and it is known which submission counts.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from jixiao_xlsx import checker, reader, scorer
from jixiao_xlsx.amounts import tidy
from jixiao_xlsx.crosscheck import facts_of
from jixiao_xlsx.intake import Candidate, read_roster
from jixiao_xlsx.model import Answer, FileStatus, Place, ReferenceLine, Report, Scorecard, Skipped, Submission
from jixiao_xlsx.reference import read_reference
from jixiao_xlsx.spec import find_template
from jixiao_xlsx.writers.files import Blocked, sha256_of, write_whole
from jixiao_xlsx.writers.records import digest
from jixiao_xlsx.writers.scored import write_scored

# Files from which starting processes gains more than it costs, as measured on two cores.
POOL_FROM_SCORED, POOL_FROM_CHECKED = 24, 48

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told: the file, the folder of the form, and where to leave the scored workbook (None: check only)."""

    candidate: Candidate
    template: Path
    staged: Path | None = None
    reference: Path | None = None
    roster: Path | None = None


Work = Callable[[Task], Answer]


def examine(task: Task) -> Answer:
    """Read, check and score one file. Never raises: whatever happens to it is in its Answer."""
    candidate = task.candidate
    if candidate.set_aside:
        return replace(_failed(candidate, candidate.set_aside), status=FileStatus.UNRECOGNISED)
    try:
        data = candidate.path.read_bytes()
        answer = Answer(candidate.file, FileStatus.SUBMITTED, sha256=digest(data), size=len(data))
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
    report = checker.check(submission, template, _reference(task, submission))
    facts = facts_of(submission, template)
    answer = replace(answer, department=report.department, report=_light_report(report), facts=facts)
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


def _reference(task: Task, submission: Submission) -> tuple[ReferenceLine, ...]:
    """The bureau's own figures for this department: by its code, or by its name where none was typed."""
    if task.reference is None:
        return ()
    code = tidy(submission.code) or (_codes(task.roster).get(tidy(submission.department), "") if task.roster else "")
    return tuple(line for line in read_reference(task.reference) if tidy(line.code) == code)


@lru_cache(maxsize=2)
def _codes(roster: Path) -> Mapping[str, str]:
    return {tidy(department.name): tidy(department.code) for department in read_roster(roster)}


def _light_report(report: Report) -> Report:
    return replace(report, checked=dict(report.checked))


def _light_card(card: Scorecard) -> Scorecard:
    return replace(card, indicators=tuple(replace(score, places={}) for score in card.indicators))


# ---------------------------------------------------------------------------------------------------------- all files


def examine_all(tasks: Sequence[Task], jobs: int | None = None, progress: Progress | None = None) -> list[Answer]:
    """The answers to `tasks`, in their order; with several processes where `jobs` and the number of files allow.

    `jobs` None: one per processor where there are files enough, else one.
    """
    if jobs is None:
        enough = POOL_FROM_SCORED if any(task.staged for task in tasks) else POOL_FROM_CHECKED
        jobs = (os.cpu_count() or 1) if len(tasks) >= enough else 1
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
