"""Put the shards of one run together: settled again from what each left in its season.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jixiao_xlsx.batch.merging.shard_record import ShardRecord
from jixiao_xlsx.batch.outbox import Outbox, only_one_run, outputs_in
from jixiao_xlsx.batch.run import finished, with_placed_files, with_shared_files
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.inbox import RUN_RECORD
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.files import sha256_of
from jixiao_xlsx.season.assign import Assignment
from jixiao_xlsx.season.rounds.earlier_round import EarlierRound, record_in
from jixiao_xlsx.season.rounds.records import SEASON_FILE, about_season, season_json
from jixiao_xlsx.season.settle import settle
from jixiao_xlsx.values.season import Season
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.work import Work


def refuse_what_does_not_fit(shards: Mapping[Path, ShardRecord]) -> None:
    """Raise InputError where shards are missing, twice there, or not of the same run."""
    first = next(iter(shards.values()))
    folders: dict[int, Path] = {}
    mistakes = []
    for folder, one in shards.items():
        if one.share.of != first.share.of:
            mistakes.append(f"“{folder}”按 {one.share.of} 份分，不是 {first.share.of} 份")
        elif one.share.number in folders:
            twice = folders[one.share.number]
            mistakes.append(f"“{folder}”和“{twice}”都是第 {one.share.number} 份")
        folders.setdefault(one.share.number, folder)
        if one.files != first.files:
            mistakes.append(f"“{folder}”的收件箱和别的份不一样：各份要用同一批文件")
        elif one.sources != first.sources:
            mistakes.append(f"“{folder}”用的名册、批复数等和别的份不一样")
    absent = sorted(set(range(1, first.share.of + 1)) - folders.keys())
    if absent:
        listed = "、".join(f"第 {one} 份" for one in absent)
        mistakes.append(f"{first.share.of} 份里还缺{listed}")
    if mistakes:
        raise InputError("分份的结果", mistakes)


def merge_shards(
    shards: Mapping[Path, tuple[ShardRecord, Sequence[Mapping[str, object]]]],
    template: Template,
    output: Path,
) -> Season:
    """Write the whole season into `output` and return it; each shard comes with its records.

    Raises InputError, Blocked.
    """
    found = sorted((one for one, _ in shards.values()), key=lambda one: one.share.number)
    refuse_what_does_not_fit({folder: one for folder, (one, _) in shards.items()})
    records = [one for _, (_, entries) in shards.items() for one in entries]
    season = _settled(found, records, template)
    delivered = {one.file: one for shard in found for one in shard.delivered}
    unwritten = {path: why for shard in found for path, why in shard.unwritten.items()}
    with only_one_run(output):
        outbox = Outbox(output)
        notes = [note for folder in shards for note in _copied(folder, outbox)]
        unwritten |= outbox.place()
        season = with_placed_files(season, delivered, unwritten)
        season = with_shared_files(season, template, outbox)
        kept = (
            json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode(
                errors="surrogatepass"
            )
            for one in _in_order(records, season)
        )
        file = season_json(template, season.year, kept, about_season(season))
        season = finished(season, file, found[0].sources, outbox)
    return replace(season, notes=(*season.notes, *notes, *outbox.notes))


def _settled(
    shards: Sequence[ShardRecord], records: Sequence[Mapping[str, object]], template: Template
) -> Season:
    """Return the season as one run would have settled it."""
    placed = {one.identity.file: one for shard in shards for one in shard.placed}
    first = shards[0]
    lost = [file for file in first.files if file not in placed]
    if lost:
        raise InputError("分份的结果", [f"“{lost[0]}”等 {len(lost)} 个文件哪一份里都没有"])
    documents = {file: of for shard in shards for file, of in shard.documents.items()}
    assignment = Assignment(
        first.year,
        tuple(placed[file] for file in first.files),
        {file: Work(file, "", documents=of) for file, of in documents.items()},
        {},
        first.notes,
    )
    examined = {one.file: one for shard in shards for one in shard.examined}
    return settle(assignment, examined, first.bureau, _earlier(records), template)


def _earlier(records: Sequence[Mapping[str, object]]) -> EarlierRound:
    """Return what the records tell of earlier rounds: those of departments that sent nothing."""
    found = [record for one in records if (record := record_in(one)) is not None]
    keys = ((tidy(key), one) for one in found for key in (one.department, one.code) if key)
    return EarlierRound(dict(keys))


def _in_order(
    records: Sequence[Mapping[str, object]], season: Season
) -> Iterator[Mapping[str, object]]:
    """Yield the records of what counts, as the files are, then those of who sent nothing now."""
    place = {
        (entry.department, entry.sha256): at
        for at, entry in enumerate(season.entries)
        if entry.counts and entry.report
    }

    def key(one: Mapping[str, object]) -> tuple[str, str]:
        return str(one["department"]), str(one["sha256"]).partition("|")[0]

    now = sorted((one for one in records if key(one) in place), key=lambda one: place[key(one)])
    yield from now
    there = {tidy(str(name)) for one in now for name in (one["department"], one["code"])} - {""}
    for one in records:
        if key(one) not in place and not there & {
            tidy(str(one["department"])),
            tidy(str(one["code"])),
        }:
            yield one


def _copied(folder: Path, outbox: Outbox) -> Iterator[str]:
    """Stage what a shard wrote of its departments; yield a note on each file that was changed."""
    for path, written in outputs_in(folder / RUN_RECORD).items():
        if path == SEASON_FILE:
            continue
        try:
            data = (folder / path).read_bytes()
        except OSError as error:
            yield f"“{folder.name}”的“{path}”读不到（{why(error)}），没有抄来。"
            continue
        outbox.stage(path, (data,), written.typed)
        if sha256_of(folder / path) != written.sha256:
            yield f"“{folder.name}”的“{path}”生成后被人改动过，照现在的样子抄来。"
