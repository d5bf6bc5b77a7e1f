"""The whole run: every file read, checked, scored and written, and accounted for."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jixiao_xlsx.batch import returns, staged
from jixiao_xlsx.batch.examine_one import Progress, Task, examine_all
from jixiao_xlsx.batch.outbox import Outbox
from jixiao_xlsx.batch.returns import Returning
from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.find_template import PACKAGE
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.bureau_file import BUREAU_FILE, WAIVERS_FILE, file_beside, read_bureau
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.file_kinds import Refused, is_fully_guarded
from jixiao_xlsx.intake.inbox import RUN_RECORD, find_candidates
from jixiao_xlsx.intake.reference import date_in, read_reference, read_waivers
from jixiao_xlsx.intake.roster import Choice, read_choices, read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.output.files import (
    Blocked,
    move_whole,
    refusal,
    set_aside,
    sha256_of,
    sha256_of_bytes,
    unique,
    write_pieces,
)
from jixiao_xlsx.output.text import mail_drafts
from jixiao_xlsx.output.text.findings_csv import findings_csv
from jixiao_xlsx.output.text.findings_json import findings_json
from jixiao_xlsx.output.text.run_record import run_document
from jixiao_xlsx.season import review, which_counts
from jixiao_xlsx.season.across_departments import crosscheck, strangers
from jixiao_xlsx.season.pair_reports import Offer, offers
from jixiao_xlsx.season.review_files import read_review, read_reviews
from jixiao_xlsx.season.rounds import FOLDER, remembered, unusable_in
from jixiao_xlsx.season.waivers import waived
from jixiao_xlsx.values.answers import Answer, Batch
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.program_errors import error_text
from jixiao_xlsx.values.scores import Review
from jixiao_xlsx.values.version import version

SCORED = "评分"
SUMMARY = "汇总.xlsx"
BRIEFING = "审核情况汇报.docx"


@dataclass(frozen=True, slots=True)
class _Sources:
    """The bureau's files that a worker needs besides the form."""

    reference: Path | None = None
    roster: Path | None = None
    passwords: tuple[str, ...] = field(default=(), repr=False)
    returning: Returning | None = None
    reviews: tuple[Review, ...] = ()
    choices: tuple[Choice, ...] = ()

    def returning_of(self, chosen: Choice | None) -> Returning | None:
        """How a file goes back, of which the reviewer may have said whose it is."""
        return (
            replace(self.returning, chosen=chosen.department)
            if self.returning and chosen
            else self.returning
        )


def run(
    inboxes: Sequence[str | Path],
    output: str | Path,
    *,
    template: Template,
    roster_path: str | Path | None = None,
    bureau_path: str | Path | None = None,
    reference_path: str | Path | None = None,
    waivers_path: str | Path | None = None,
    choices_path: str | Path | None = None,
    previous: str | Path | None = None,
    review_folder: str | Path | None = None,
    passwords: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Read, check and score all of `inboxes`; write 汇总.xlsx, 评分/, 退回/, 通过/ and the records into `output`.

    `bureau.toml` and `waivers.csv` are looked for beside the roster unless given; `reference_path` is 批复决算.csv,
    `choices_path` the reviewer's word on which file counts; `review_folder` has scored workbooks that a reviewer typed into
    (or is the output of a run that wrote them); `passwords` are tried on workbooks that ask for one. `progress`
    is told (files done, files in all). Outputs that could not be written are in `Batch.problems` and each Answer's `problem`.
    A run that was killed is taken up where it stood. Raises table_files.InputError, Blocked.
    """
    output = Path(output)
    roster = read_roster(Path(roster_path)) if roster_path else ()
    bureau_file = Path(bureau_path) if bureau_path else file_beside(roster_path, BUREAU_FILE)
    bureau = read_bureau(bureau_file) if bureau_file else Bureau()
    waivers_file = Path(waivers_path) if waivers_path else file_beside(roster_path, WAIVERS_FILE)
    waivers = read_waivers(waivers_file) if waivers_file else ()
    choices = read_choices(Path(choices_path), roster) if choices_path else ()
    reference = Path(reference_path) if reference_path else None
    if reference:
        read_reference(reference)  # its mistakes are told before any work is done
    if (
        previous
        and not (Path(previous) / FOLDER).is_dir()
        and not (Path(previous) / RUN_RECORD).is_file()
    ):
        raise InputError(
            str(previous),
            ["不是以前的结果：里面没有各部门的轮次记录。请指到上一轮用 -o 写出的文件夹"],
        )
    today = date_in(bureau.deadline) or dt.date.today()
    known = Path(roster_path) if roster_path else None
    returning = Returning(bureau, waivers, today, known, Path(previous) if previous else None)
    reviews, review_findings = _reviews(Path(review_folder), known) if review_folder else ((), ())
    told = _Sources(reference, known, tuple(passwords), returning, reviews, choices)
    files = (roster_path, bureau_file, waivers_file, reference, choices_path)
    inputs = {Path(path).name: sha256_of(Path(path)) for path in files if path}
    with _examined(inboxes, output, template, jobs, progress, told) as (found, answers, places):
        year = which_counts.season((answer.report for answer in answers if answer.report), bureau)
        chosen, unused = which_counts.chosen_files(choices, [candidate.file for candidate in found])
        saved = {candidate.file: candidate.saved for candidate in found}
        settled = which_counts.settle(answers, roster, year, saved, chosen)
        settled = which_counts.with_hints(
            which_counts.with_material(settled, _documents(found), roster), roster
        )
        settled, waiver_findings = waived(settled, waivers, today)
        outbox = Outbox(output, output / staged.FOLDER / staged.JOURNAL)
        delivered = tuple(
            _delivered(answer, places, outbox) for answer in _named(settled, f"{SCORED}/")
        )
        desk = _Desk(bureau, {one.name: one for one in roster}, template, outbox)
        sent = [_sent(answer, places[answer.file], desk) for answer in delivered]
        delivered = tuple(answer for answer, _ in sent)
        notes = _gathered([note for _, note in sent if note])
        review_findings = (*review_findings, *_of_reviews(reviews, delivered))
        idle = strangers(read_reference(reference) if reference else (), _codes(roster, delivered))
        findings = (
            *crosscheck([a for a in delivered if a.counts]),
            *waiver_findings,
            *review_findings,
            *idle,
        )
        earlier = remembered(Path(previous), [a for a in delivered if a.counts]) if previous else ()
        batch = Batch(
            template.id,
            template.version,
            year,
            bureau,
            roster,
            delivered,
            findings,
            earlier=earlier,
        )
        faults: list[str] = []
        problems = tuple(
            filter(None, (_shared(name, batch, template, outbox, faults) for name in _SHARED))
        )
        if previous:
            _carry_on(Path(previous), outbox)
        outbox.remove_stale()
        outbox.close(run_document(batch, inputs, outbox.outputs, faults))
    if unusable := unusable_in(Path(previous)) if previous else ():
        listed = "、".join(unusable[:5]) + (" 等" if len(unusable) > 5 else "")
        notes.append(
            f"上一轮有 {len(unusable)} 份轮次记录不能用（{listed}），这些部门按第一次报送对待。"
        )
    if earlier:
        notes.append(
            f"有 {len(earlier)} 个部门这次没有报送、以前报过，不在这次的排名和平均分里；要排在一起，请把以前的收件文件夹也写在命令里。"
        )
    if review_folder and not reviews:
        notes.append(f"“{review_folder}”里的评分表都没有填写财政复核分，按复算分排名。")
    if not review_folder and any(path.startswith(f"{SCORED}/") for path in outbox.kept):
        outbox.notes.append(
            f"要采用评分表里填写的财政复核分，请加 --review {output / SCORED} 再运行一次。"
        )
    return replace(batch, problems=problems, notes=(*unused, *notes, *outbox.notes))


def _reviews(
    folder: Path, roster: Path | None
) -> tuple[tuple[Review, ...], tuple[BatchFinding, ...]]:
    """The reviewer's word by department, as the roster calls them. Raises InputError where the folder has no scored workbook."""
    place = folder / SCORED if (folder / SCORED).is_dir() else folder
    found, told = read_reviews(place)
    if not found:
        raise InputError(
            str(folder),
            [finding.message for finding in told] or ["没有评分表；应是以前结果里的“评分”文件夹"],
        )
    joined, apart = review.joined(
        [replace(one, department=returns.called(one, roster)) for one in found]
    )
    return joined, (*told, *apart)


def _of_reviews(reviews: Sequence[Review], answers: Sequence[Answer]) -> Iterator[BatchFinding]:
    """What the reviewer must be told of each department, and of departments that have nothing that counts."""
    counted = [answer for answer in answers if answer.counts]
    for answer in counted:
        for card in answer.scorecards:
            yield from card.review.findings if card.review else ()
    taken = [
        ((a.department, a.report.department, a.report.code), item)
        for a in counted
        if a.report
        for item in review.items(a.scorecards)
    ]
    yield from review.unused(reviews, taken)


def _codes(roster: tuple[Department, ...], answers: tuple[Answer, ...]) -> list[str]:
    return [one.code for one in roster] + [
        answer.report.code for answer in answers if answer.report
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What it takes to send something back."""

    bureau: Bureau
    departments: Mapping[str, Department]
    template: Template
    outbox: Outbox


def _sent(answer: Answer, place: Path, desk: _Desk) -> tuple[Answer, tuple[str, str] | None]:
    """Put the letter, the annotated copy and the mail draft of one department in its folder; and what is wrong with its address
    (department, words).
    """
    report = answer.report
    if not answer.output or not answer.returned or report is None:
        return replace(answer, returned=()), None
    name = Path(answer.output).stem
    folder = returns.FOLDERS[report.result]
    title = (
        desk.template.title if report.year is None else f"{report.year}年度{desk.template.title}"
    )
    problems = [desk.outbox.put(f"{FOLDER}/{name}.json", place.with_suffix(returns.RECORD))]
    paths, attachments = [], []
    for suffix, label in returns.labels(report):
        if suffix in answer.returned:
            data = place.with_suffix(suffix).read_bytes()
            path = f"{folder}/{name}/{name}{label}"
            problems.append(desk.outbox.put(path, data))
            attachments.append((f"{name}{label}", data))
            paths.append(path)
    department = desk.departments.get(answer.department) or Department(
        report.code, answer.department
    )
    message, note = mail_drafts.draft(department, report, desk.bureau, title, attachments)
    problems.append(desk.outbox.put(f"{folder}/{name}/{name}.eml", message))
    problem = "；".join(filter(None, (answer.problem, *problems)))
    return replace(answer, returned=tuple(paths), problem=problem), (
        department.name,
        note,
    ) if note and desk.departments else None


def _carry_on(previous: Path, outbox: Outbox) -> None:
    """Keep what is remembered of departments that sent nothing this time, for the round after."""
    for path in sorted((previous / FOLDER).glob("*.json")):
        name = f"{FOLDER}/{path.name}"
        if name not in outbox.outputs:
            outbox.put(name, path.read_bytes())


_NAMED_AT_MOST = 5


def _gathered(notes: Sequence[tuple[str, str]]) -> list[str]:
    """One line for each thing that is wrong, with the departments it is wrong of."""
    by_words: dict[str, list[str]] = {}
    for department, words in notes:
        by_words.setdefault(words, []).append(department)
    return [
        f"名册中{_some(names)}的邮箱{words}，邮件草稿没有收件人"
        for words, names in by_words.items()
    ]


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED_AT_MOST]) + (
        f"等 {len(names)} 个部门" if len(names) > _NAMED_AT_MOST else ""
    )


def _shared(name: str, batch: Batch, template: Template, outbox: Outbox, faults: list[str]) -> str:
    """Write a file that is about all departments together; "" or why that failed. The program's own faults go to `faults`."""
    place = outbox.folder / staged.FOLDER / name
    try:
        write_pieces(place, _SHARED[name](batch, template))
    except Blocked as blocked:
        return str(blocked)
    except OSError as error:
        return refusal(error, place)
    except Exception as error:  # the other results stand, whatever became of this one
        faults.append(f"{name}: {error_text(error)}")
        return f"“{name}”没有写成：程序出错，请把 run.json 交给维护人员"
    return outbox.put(name, place)


def _summary(batch: Batch, template: Template) -> Iterator[bytes]:
    from jixiao_xlsx.output.xlsx.summary.book import write_summary

    stream = io.BytesIO()
    write_summary(stream, batch, catalogue(template), template)
    yield stream.getvalue()


def _briefing(batch: Batch, template: Template) -> Iterator[bytes]:
    from jixiao_xlsx.output.word.letters import write_briefing

    yield write_briefing(batch, template, {rule.code: rule.title for rule in catalogue(template)})


_SHARED: Mapping[str, Callable[[Batch, Template], Iterator[bytes]]] = {
    SUMMARY: _summary,
    BRIEFING: _briefing,
    "findings.csv": lambda batch, _: findings_csv(batch.answers),
    "findings.json": lambda batch, template: findings_json(batch.answers, template, batch.findings),
}


def score_files(
    paths: Sequence[str | Path],
    output: str | Path,
    *,
    template: Template,
    passwords: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Answer, ...]:
    """Write one scored workbook into `output` for each file of `paths`, without roster or summary. Raises Blocked."""
    told = _Sources(passwords=tuple(passwords))
    with _examined(paths, Path(output), template, jobs, progress, told) as (found, answers, places):
        known = which_counts.with_material(answers, _documents(found), ())
        originals = {candidate.path.resolve() for candidate in found}
        return tuple(
            _moved(answer, places[answer.file], Path(output), originals) for answer in _named(known)
        )


def check_files(
    paths: Sequence[str | Path],
    *,
    template: Template,
    report: str | Path | None = None,
    passwords: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
) -> tuple[Answer, ...]:
    """Read and check the files of `paths`; nothing is scored or written.

    `report` is a written report (.docx): that of the only workbook, else of the one whose department it names.
    """
    found = find_candidates(map(Path, paths))
    extra = (
        tuple(replace(one, beside="") for one in find_candidates([Path(report)])) if report else ()
    )
    books = [one.file for one in found if not one.set_aside]
    given = tuple(Offer(one, given=len(books) == 1) for one in extra)
    known = {one.path for one in found}
    every = (*found, *(one for one in extra if one.path not in known))
    offered = offers(found, ())
    tasks = [
        Task(
            one,
            template.folder,
            passwords=tuple(passwords),
            offers=given or offered.get(one.file, ()),
        )
        for one in every
    ]
    answers = examine_all(tasks, jobs, progress)
    return which_counts.with_material(answers, _documents(every), ())


def _documents(found: Sequence[Candidate]) -> Mapping[str, str]:
    """The reports and pictures among the files, each with the folder, archive or mail it came in."""
    return {candidate.file: candidate.beside for candidate in found if candidate.document}


@contextlib.contextmanager
def _examined(
    paths: Sequence[str | Path],
    output: Path,
    template: Template,
    jobs: int | None,
    progress: Progress | None,
    told: _Sources = _Sources(),
) -> Iterator[tuple[tuple[Candidate, ...], list[Answer], Mapping[str, Path]]]:
    """Candidates, their answers, and where each scored workbook waits until the end of the block.

    What waits stays where it is when the block does not end, so that the same command can take it up.
    """
    for inbox in map(Path, paths):
        if inbox.is_dir() and inbox.resolve() == output.resolve():
            raise Blocked(
                f"结果不能写进收件箱“{inbox.resolve().name}”本身：会和报送的原件混在一起。请用 -o 另写一个文件夹。"
            )
    found = find_candidates(map(Path, paths), skip=output)
    offered = offers(found, read_roster(told.roster) if told.roster else ())
    chosen, _ = which_counts.chosen_files(told.choices, [candidate.file for candidate in found])
    waiting = output / staged.FOLDER
    places = {candidate.file: staged.place_of(waiting, candidate.file) for candidate in found}
    key = _run_key(template, told)
    tasks = [
        Task(
            c,
            template.folder,
            places[c.file],
            told.reference,
            told.roster,
            key,
            told.passwords,
            told.returning_of(chosen.get(c.file)),
            offered.get(c.file, ()),
            told.reviews,
        )
        for c in found
    ]
    with staged.only_one(waiting):
        yield found, examine_all(tasks, jobs, progress), places
    shutil.rmtree(waiting, ignore_errors=True)


def _run_key(template: Template, told: _Sources) -> str:
    """What the results of this run depend on besides the files themselves."""
    folders = (PACKAGE, template.folder)
    files = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".toml", ".csv", ".docx"}
    ]
    if told.returning and told.returning.previous:
        files += sorted((told.returning.previous / FOLDER).glob("*.json"))
    files += [path for path in (told.reference, told.roster) if path]
    digests = [sha256_of_bytes(path.read_bytes()) for path in files]
    return sha256_of_bytes(
        "|".join((version(), repr((told.returning, told.reviews)), *digests)).encode()
    )


def _named(answers: Sequence[Answer], prefix: str = "") -> Iterator[Answer]:
    """`answers` with the name of the scored workbook of each that counts, no two alike on any system."""
    taken: set[str] = set()
    for answer in answers:
        if not answer.counts or answer.problem:
            yield answer
            continue
        name = unique(safe_name(answer.department or Path(answer.file).stem), taken)
        yield replace(answer, output=f"{prefix}{name}.xlsx")


def _delivered(answer: Answer, places: Mapping[str, Path], outbox: Outbox) -> Answer:
    if not answer.output:
        return answer
    problem = outbox.put(answer.output, places[answer.file])
    return replace(answer, output="" if problem else answer.output, problem=problem)


def _moved(answer: Answer, place: Path, output: Path, originals: Collection[Path]) -> Answer:
    """Put the scored workbook in its place, where nothing of anybody's is lost by it."""
    if not answer.output:
        return answer
    target = output / answer.output
    if target.resolve() in originals:
        told = f"“{target.name}”没有写成：会盖掉报送的原件。请用 -o 写到另一个文件夹"
        return replace(answer, output="", problem=told)
    try:
        if target.exists() and sha256_of(target) != sha256_of(place) and _is_somebodys(target):
            told = f"原有的“{target.name}”有人填写过或不是评分表，已改名保留为“{set_aside(target).name}”"
            answer = replace(answer, reason="；".join(filter(None, (answer.reason, told))))
        move_whole(place, target)
    except Blocked as blocked:
        return replace(answer, output="", problem=str(blocked))
    except OSError as error:
        return replace(answer, output="", problem=refusal(error, target))
    return answer


def _is_somebodys(target: Path) -> bool:
    """Whether it is not ours to replace: no scored workbook, or one that a reviewer typed into."""
    try:
        data = target.read_bytes()
        reviews = read_review(data, target.name) if is_fully_guarded(data) else ()
    except Refused:
        return True
    return not reviews or any(review.lines for review in reviews)
