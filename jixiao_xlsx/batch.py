"""The whole run: every file read, checked, scored and written, and accounted for."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jixiao_xlsx import checker, intake
from jixiao_xlsx.crosscheck import crosscheck
from jixiao_xlsx.intake import Candidate
from jixiao_xlsx.model import Answer, Batch, Bureau, FileStatus
from jixiao_xlsx.reference import date_in, read_reference, read_waivers
from jixiao_xlsx.settlement import waived
from jixiao_xlsx.spec import Template
from jixiao_xlsx.workers import Progress, Task, examine_all
from jixiao_xlsx.writers import records
from jixiao_xlsx.writers.files import Blocked, move_whole, sha256_of, unique, write_bytes, write_pieces
from jixiao_xlsx.writers.outbox import RUN_RECORD, Outbox
from jixiao_xlsx.writers.safe import safe_name

STAGING = ".jixiao-tmp"
SCORED = "评分"
SUMMARY = "汇总.xlsx"


@dataclass(frozen=True, slots=True)
class _Sources:
    """The bureau's files that a worker needs besides the form."""

    reference: Path | None = None
    roster: Path | None = None


def run(
    inboxes: Sequence[str | Path],
    output: str | Path,
    *,
    template: Template,
    roster_path: str | Path | None = None,
    bureau_path: str | Path | None = None,
    reference_path: str | Path | None = None,
    waivers_path: str | Path | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Read, check and score all of `inboxes`; write 汇总.xlsx, 评分/, findings.csv, findings.json and run.json into `output`.

    `bureau.toml` and `waivers.csv` are looked for beside the roster unless given; `reference_path` is 批复决算.csv. `progress` is told (files done, files in all). Outputs that
    could not be written are in `Batch.problems` and each Answer's `problem`. Raises intake.InputError, Blocked.
    """
    output = Path(output)
    roster = intake.read_roster(Path(roster_path)) if roster_path else ()
    bureau_file = Path(bureau_path) if bureau_path else intake.beside(roster_path, intake.BUREAU_FILE)
    bureau = intake.read_bureau(bureau_file) if bureau_file else Bureau()
    waivers_file = Path(waivers_path) if waivers_path else intake.beside(roster_path, intake.WAIVERS_FILE)
    waivers = read_waivers(waivers_file) if waivers_file else ()
    reference = Path(reference_path) if reference_path else None
    if reference:
        read_reference(reference)  # its mistakes are told before any work is done
    told = _Sources(reference, Path(roster_path) if roster_path else None)
    with _examined(inboxes, output, template, jobs, progress, told) as (found, answers, staged):
        year = intake.season((answer.report for answer in answers if answer.report), bureau)
        settled = intake.settle(answers, roster, year, {candidate.file: candidate.saved for candidate in found})
        settled, waiver_findings = waived(settled, waivers, date_in(bureau.deadline) or dt.date.today())
        outbox = Outbox(output)
        delivered = tuple(_delivered(answer, staged, outbox) for answer in _named(settled, f"{SCORED}/"))
        findings = (*crosscheck([a for a in delivered if a.status is FileStatus.SUBMITTED]), *waiver_findings)
        batch = Batch(template.id, template.version, year, bureau, roster, delivered, findings)
        problems = tuple(filter(None, (_shared(name, batch, template, outbox) for name in _SHARED)))
    outbox.remove_stale()
    inputs = {Path(path).name: sha256_of(Path(path)) for path in (roster_path, bureau_file, waivers_file, reference) if path}
    write_bytes(output / RUN_RECORD, records.run_document(batch, inputs, outbox.outputs))
    return replace(batch, problems=problems, notes=tuple(outbox.notes))


def _shared(name: str, batch: Batch, template: Template, outbox: Outbox) -> str:
    """Write a file that is about all departments together; "" or why that failed."""
    staged = outbox.folder / STAGING / name
    try:
        write_pieces(staged, _SHARED[name](batch, template))
    except Blocked as blocked:
        return str(blocked)
    except Exception as error:  # the other results stand, whatever became of this one
        return f"“{name}”没有写成：程序出错，请联系维护人员（{type(error).__name__}）"
    return outbox.put(name, staged)


def _summary(batch: Batch, template: Template) -> Iterator[bytes]:
    from jixiao_xlsx.writers.summary import write_summary  # brings pandas, which `check` and `score` do without

    stream = io.BytesIO()
    write_summary(stream, batch, checker.catalogue(template), template)
    yield stream.getvalue()


_SHARED: Mapping[str, Callable[[Batch, Template], Iterator[bytes]]] = {
    SUMMARY: _summary,
    "findings.csv": lambda batch, _: records.findings_csv(batch.answers),
    "findings.json": lambda batch, template: records.findings_json(batch.answers, template, batch.findings),
}


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
    paths: Sequence[str | Path],
    output: Path,
    template: Template,
    jobs: int | None,
    progress: Progress | None,
    told: _Sources = _Sources(),
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
        yield (
            found,
            examine_all([Task(c, template.folder, staged[c.file], told.reference, told.roster) for c in found], jobs, progress),
            staged,
        )
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
