"""The whole run: identify, assign, examine, settle, deliver; every file accounted for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from jixiao_xlsx.batch.deliver import DeliverTask, deliver, examine_and_deliver, not_delivered
from jixiao_xlsx.batch.examine import Delivery
from jixiao_xlsx.batch.executors.choose import TaskExecutor
from jixiao_xlsx.batch.going_out.hand_down import PARCELS, stage_parcels
from jixiao_xlsx.batch.going_out.shared_files import SHARED_FILES, is_wanted, shared_file
from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.batch.merging.shard import ShardFiles
from jixiao_xlsx.batch.merging.shard_record import shard_json, shard_record
from jixiao_xlsx.batch.outbox import Outbox, only_one_run
from jixiao_xlsx.batch.phases import Phases, Progress, identified_and_examined, phases_for
from jixiao_xlsx.batch.sources import SCORED, Sources, read_sources
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.output.files import Blocked, unique
from jixiao_xlsx.output.text.run_record import run_document
from jixiao_xlsx.season.assign import Assignment, assign
from jixiao_xlsx.season.bureau_files import BureauFiles
from jixiao_xlsx.season.rounds.earlier_round import records_left
from jixiao_xlsx.season.rounds.records import SEASON_FILE, about_season, season_json
from jixiao_xlsx.season.settle import settle
from jixiao_xlsx.season.which_counts import Placed
from jixiao_xlsx.values.findings import Result
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import Entry, Season
from jixiao_xlsx.values.text import joined, tidy
from jixiao_xlsx.values.work import Delivered, Examined, Identity, Work

_NAMED_AT_MOST = 5
_RESULT_FOLDERS = (
    SCORED,
    PARCELS,
    *(str(result.folder) for result in Result),
    str(PurePosixPath(SEASON_FILE).parent),
)


def run(job: Job, progress: Progress | None = None) -> Season:
    """Read, check and score all of the inboxes; write 汇总.xlsx, 评分/, 退回/, 待核实/, 通过/ and the records.

    `progress` gets (steps done, steps in all). Outputs that could not be written are in
    `Season.problems` and each Entry's `problem`. Raises InputError, Blocked.
    """
    sources = read_sources(job)
    refuse_inbox_as_output(job.inboxes, job.output)
    with (
        phases_for(
            job.inboxes,
            job.template,
            skip=job.output,
            only=job.only,
            jobs=job.jobs,
            compared=job.previous is not None,
            passwords=job.passwords,
            executor=job.executor,
            progress=progress,
        ) as phases,
        only_one_run(job.output),
    ):
        own = ShardFiles(job.shard) if job.shard else None
        assigner = partial(_assigned, sources.bureau, phases.title_words, own)
        wanted = partial(_deliveries, bureau=sources.bureau)
        outbox = Outbox(job.output)
        tray = _Tray(outbox)
        assignment, examined = identified_and_examined(
            phases, assigner, examine_and_deliver, wanted, tray.take
        )
        season = settle(assignment, examined, sources.bureau, sources.earlier, job.template)
        season = _own_part(season, own) if own else season
        tray.keep_current(season, examined)
        season, unwritten = _with_departments_files(season, assignment.works, phases, outbox, tray)
        if own:
            delivered = tuple(tray.delivered.values())
            record = shard_record(
                own, assignment, examined, sources.bureau,
                sources=sources.digests, delivered=delivered, unwritten=unwritten,
            )  # fmt: skip
            more = shard_json(record)
        else:
            season = with_shared_files(season, job.template, outbox)
            more = {}
        season = finished(
            season, _season_json(season, examined, sources, job, more), sources.digests, outbox
        )
    return replace(season, notes=(*season.notes, *_notes(season, sources, job, outbox)))


def _assigned(
    bureau: BureauFiles,
    title_words: Sequence[str],
    own: ShardFiles | None,
    identities: Sequence[Identity],
) -> Assignment:
    assignment = assign(identities, bureau, title_words)
    return own.only_own(assignment) if own else assignment


def _own_part(season: Season, own: ShardFiles) -> Season:
    """Return the season as far as a share of the files shows it."""
    return replace(
        season,
        roster=tuple(one for one in season.roster if own.share.has(one.name)),
        entries=tuple(one for one in season.entries if own.has(one.file)),
        earlier=tuple(one for one in season.earlier if own.share.has(one.department)),
    )


def refuse_inbox_as_output(inboxes: Sequence[Path], output: Path) -> None:
    """Raise Blocked where results would lie among what was sent in."""
    for inbox in inboxes:
        inside = {output.resolve() / folder for folder in _RESULT_FOLDERS}
        if inside & {inbox.resolve(), *inbox.resolve().parents}:
            raise Blocked(
                f"“{inbox.resolve().name}”在结果文件夹里，再写结果会动到它。"
                "请把要处理的文件放到别处，或用 -o 另写一个文件夹。"
            )
        if inbox.is_dir() and inbox.resolve() == output.resolve():
            raise Blocked(
                f"结果不能写进收件箱“{inbox.resolve().name}”本身：会和报送的原件混在一起。"
                "请用 -o 另写一个文件夹。"
            )


def with_output_names(entries: Sequence[Entry], prefix: str = "") -> Iterator[Entry]:
    """Yield the entries, those that count with a unique name for their scored workbook."""
    taken: set[str] = set()
    files = Counter(entry.department for entry in entries if entry.counts)
    for entry in entries:
        if not entry.counts or entry.report is None:
            yield entry
            continue
        items = [card.item for card in entry.scorecards if files[entry.department] > 1]
        stem = "-".join(filter(None, (entry.department, *items)))
        name = _output_name(stem, entry.file, taken)
        yield replace(entry, output=f"{prefix}{name}")


def _output_name(department: str, file: str, taken: set[str]) -> str:
    return f"{unique(safe_name(department or Path(file).stem), taken)}.xlsx"


# ------------------------------------------------------------------- the files of each department


@dataclass
class _Tray:
    """What was written of each department, by its file, and what could not be staged, by path."""

    outbox: Outbox
    delivered: dict[str, Delivered] = field(default_factory=dict)
    unwritten: dict[str, str] = field(default_factory=dict)

    def take(self, one: Delivered) -> None:
        """Stage the files of a department; only their paths are kept here."""
        for path, data in one.files:
            try:
                self.outbox.stage(path, (data,), one.typed.get(path, ""))
            except Blocked as blocked:
                self.unwritten[path] = str(blocked)
        self.delivered[one.file] = replace(one, files=tuple((path, b"") for path, _ in one.files))

    def keep_current(self, season: Season, examined: Mapping[str, Examined]) -> None:
        """Drop what was written of a file that does not count, by another report or path."""
        entries = with_output_names(season.entries, f"{SCORED}/")
        current = {
            one.file: one.output
            for one in entries
            if one.output and one.report is examined[one.file].report
        }
        for file, written in list(self.delivered.items()):
            if written.path != current.get(file):
                for path, _ in self.delivered.pop(file).files:
                    self.outbox.drop(path)
                    self.unwritten.pop(path, None)


def _deliveries(assignment: Assignment, bureau: BureauFiles) -> Mapping[str, Delivery]:
    """Return what is to be written of each workbook that counts, as far as one knows by now."""
    departments = {one.name: one for one in bureau.roster}
    taken: set[str] = set()
    files = Counter(one.department for one in assignment.placed if one.counts)

    def stem(one: Placed) -> str:
        item = one.identity.item if files[one.department] > 1 else ""
        return "-".join(filter(None, (one.department, item)))

    return {
        one.identity.file: Delivery(
            f"{SCORED}/{_output_name(stem(one), one.identity.file, taken)}",
            bureau.bureau,
            departments.get(one.department),
        )
        for one in assignment.placed
        if one.counts and one.identity.file in assignment.works
    }


def _with_departments_files(
    season: Season, works: Mapping[str, Work], phases: Phases, outbox: Outbox, tray: _Tray
) -> tuple[Season, Mapping[str, str]]:
    """Return the season with each department's files, and why some are not written, by path."""
    entries = list(with_output_names(season.entries, f"{SCORED}/"))
    departments = {one.name: one for one in season.roster}
    wanted = [entry for entry in entries if entry.output]
    phases.step(len(entries) - len(wanted))
    missing = [entry for entry in wanted if entry.file not in tray.delivered]
    tasks = (_delivery(entry, works[entry.file], season, departments, phases) for entry in missing)
    for one in _all_delivered(phases.executor, tasks):
        tray.take(one)
        phases.step()
    unwritten = tray.unwritten | outbox.place()
    return with_placed_files(season, tray.delivered, unwritten), unwritten


def with_placed_files(
    season: Season, delivered: Mapping[str, Delivered], unwritten: Mapping[str, str]
) -> Season:
    """Return the season with the paths of what was written; `unwritten` says why not, by path."""
    placed = tuple(
        _placed(entry, delivered[entry.file], unwritten) if entry.output else entry
        for entry in with_output_names(season.entries, f"{SCORED}/")
    )
    addresses = [
        (entry.department, delivered[entry.file].note)
        for entry in placed
        if entry.file in delivered and delivered[entry.file].note and season.roster
    ]
    return replace(season, entries=placed, notes=(*season.notes, *_of_addresses(addresses)))


def _all_delivered(executor: TaskExecutor, tasks: Iterable[DeliverTask]) -> Iterator[Delivered]:
    """Yield what was made for each department; without the copy where its process was lost."""
    failed: list[DeliverTask] = []

    def lost_once(task: DeliverTask, cause: str) -> Delivered | None:
        failed.append(task)
        return None

    yield from filter(None, executor.results(deliver, tasks, lost_once))
    again = (replace(task, delivery=replace(task.delivery, copy=False)) for task in failed)
    yield from executor.results(deliver, again, not_delivered)


def _delivery(
    entry: Entry,
    work: Work,
    season: Season,
    departments: Mapping[str, Department],
    phases: Phases,
) -> DeliverTask:
    assert entry.report is not None
    return DeliverTask(
        work,
        phases.content(entry.file),
        phases.template.folder,
        entry.report,
        Delivery(entry.output, season.bureau, departments.get(entry.department)),
        passwords=phases.passwords,
    )


def _placed(entry: Entry, delivered: Delivered, unwritten: Mapping[str, str]) -> Entry:
    """Return the entry with the paths of its files, and with what could not be written."""
    paths = [path for path, _ in delivered.files]
    problems = [unwritten[path] for path in paths if path in unwritten]
    scored = entry.output in paths and entry.output not in unwritten
    return replace(
        entry,
        output=entry.output if scored else "",
        returned=tuple(
            path for path in paths if path != entry.output and not path.endswith(".eml")
        ),
        reason=joined(entry.reason, delivered.reason),
        problem=joined(delivered.problem, *problems),
        page=delivered.page,
        faults=(*entry.faults, *delivered.faults),
    )


def _of_addresses(notes: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each fault of mail addresses, with the departments that have it."""
    by_words: dict[str, list[str]] = {}
    for department, words in notes:
        by_words.setdefault(words, []).append(department)
    for words, names in by_words.items():
        more = f"等 {len(names)} 个部门" if len(names) > _NAMED_AT_MOST else ""
        listed = "、".join(names[:_NAMED_AT_MOST]) + more
        yield f"名册中{listed}的邮箱{words}，邮件草稿没有收件人"


# --------------------------------------------------------------------- the files about all of them


def with_shared_files(season: Season, template: Template, outbox: Outbox) -> Season:
    """Return the season with the files about all departments staged, and its faults with them."""
    problems: list[str] = []
    faults: list[str] = []
    for name in (one for one in SHARED_FILES if is_wanted(one, season)):
        problem = shared_file(name, season, template, outbox, faults)
        problems += [problem] if problem else []
    problems += stage_parcels(season, template, outbox)
    return replace(season, problems=tuple(problems), faults=tuple(faults))


def finished(
    season: Season, season_file: Iterable[bytes], digests: Mapping[str, str], outbox: Outbox
) -> Season:
    """Return the season with everything placed, season.json and run.json too. Raises Blocked."""
    outbox.stage(SEASON_FILE, season_file)
    problems = (*season.problems, *outbox.place().values())
    outbox.remove_stale(_without_results(season))
    outbox.close(run_document(season, digests, outbox.outputs, season.faults))
    return replace(season, problems=problems)


def _without_results(season: Season) -> set[str]:
    """Return the departments, as their files are called, that sent something but got no results."""
    written = {Path(entry.output).stem for entry in season.entries if entry.output}
    return {safe_name(entry.department) for entry in season.entries if entry.department} - written


def _season_json(
    season: Season,
    examined: Mapping[str, Examined],
    sources: Sources,
    job: Job,
    more: Mapping[str, Any],
) -> Iterator[bytes]:
    """Yield season.json: this round's records, and those of departments that sent nothing."""
    counted = [entry for entry in season.entries if entry.counts and entry.report]
    names = {entry.department for entry in counted}
    names |= {entry.report.code for entry in counted if entry.report}
    records_now = (examined[entry.file].record for entry in counted)
    left = records_left(sources.earlier, {tidy(name) for name in names if name})
    carried = (
        json.dumps(vars(one), ensure_ascii=False, separators=(",", ":")).encode(
            errors="surrogatepass"
        )
        for one in left
        if job.shard is None or job.shard.has(one.department)
    )
    yield from season_json(
        job.template, season.year, (*records_now, *carried), {**about_season(season), **more}
    )


def _notes(season: Season, sources: Sources, job: Job, outbox: Outbox) -> Iterator[str]:
    """Yield notes on the round before, the review and the output folder."""
    if unusable := sources.earlier.unusable:
        listed = "、".join(unusable[:5]) + (" 等" if len(unusable) > 5 else "")
        yield (f"上一轮有 {len(unusable)} 份轮次记录不能用（{listed}），这些部门按第一次报送对待。")
    if season.earlier:
        yield (
            f"有 {len(season.earlier)} 个部门这次没有报送、以前报过，不在这次的排名和平均分里；"
            "要排在一起，请把以前的收件文件夹也写在命令里。"
        )
    if job.review and not sources.bureau.reviews:
        yield f"“{job.review}”里的评分表都没有填写财政复核分，按复算分排名。"
    yield from outbox.notes
    if job.shard:
        yield (
            f"这是 {job.shard.of} 份中的第 {job.shard.number} 份，没有出汇总："
            "各份都做完后用 jixiao merge 合并。"
        )
    if not job.review and any(path.startswith(f"{SCORED}/") for path in outbox.kept):
        scored = job.output / SCORED
        yield f"要采用评分表里填写的财政复核分，请加 --review {scored} 再运行一次。"
