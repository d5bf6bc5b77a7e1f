"""Results put together: shards of one run become one season, counties stand side by side."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jixiao_xlsx.batch.going_out.shared_files import SUMMARY
from jixiao_xlsx.batch.merging.merge_shards import merge_shards
from jixiao_xlsx.batch.merging.shard_record import ShardRecord, read_shard
from jixiao_xlsx.batch.outbox import TOOL, Outbox, only_one_run
from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import SpecError, Template
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.output.text.findings_json import as_json
from jixiao_xlsx.output.typed_content import typed_digest
from jixiao_xlsx.output.xlsx.counties.book import write_counties
from jixiao_xlsx.season.counties import County, county_of, what_does_not_fit
from jixiao_xlsx.season.rounds.earlier_round import season_document
from jixiao_xlsx.season.rounds.records import SCHEMA, SEASON_FILE
from jixiao_xlsx.values.program import version
from jixiao_xlsx.values.season import Season
from jixiao_xlsx.values.showing.json_form import from_json, to_json

_COUNTIES = "counties"
Documents = Mapping[Path, Mapping[str, Any]]


@dataclass(frozen=True)
class Merged:
    """What came of a merge: the counties, or the season that shards make; notes for people."""

    counties: tuple[County, ...] = ()
    season: Season | None = None
    notes: tuple[str, ...] = ()


def merge(
    folders: Sequence[Path], output: Path, template: Template, title: str = "各县汇总"
) -> Merged:
    """Put the results in `folders` together in `output`, from the season.json of each.

    Shards of one run give what one run would have given; `template` is the form they were made
    with. Raises InputError, Blocked.
    """
    if output.resolve() in {folder.resolve() for folder in folders}:
        raise Blocked(f"结果不能写进“{output.name}”本身，请用 -o 另写一个文件夹。")
    documents = _documents(folders)
    shards = {folder: _shard(folder, one) for folder, one in documents.items()}
    found = {folder: one for folder, one in shards.items() if one is not None}
    if not found:
        return _merge_counties(documents, output, title)
    if len(found) < len(shards):
        whole = next(folder for folder, one in shards.items() if one is None)
        words = [f"“{whole}”是整个的结果，别的是分份（--shard）的结果，不能合在一起"]
        raise InputError("要合并的文件夹", words)
    _refuse_other_form(documents, template)
    pairs = {folder: (one, documents[folder].get("entries", ())) for folder, one in found.items()}
    season = merge_shards(pairs, template, output)
    return Merged(season=season, notes=season.notes)


def _documents(folders: Sequence[Path]) -> Documents:
    """Return each season.json by the folder of its results. Raises InputError."""
    found: dict[Path, Mapping[str, Any]] = {}
    mistakes = []
    for folder in folders:
        inside = [folder] if (folder / SEASON_FILE).is_file() else _forms_in(folder)
        if not inside:
            mistakes.append(f"“{folder}”里没有 {SEASON_FILE}，不是 jixiao run 的结果")
        for one in inside:
            document = season_document(one / SEASON_FILE)
            if document is None:
                mistakes.append(f"“{one / SEASON_FILE}”读不懂：可能没有写完，或是别的版本写的")
            elif one in found:
                mistakes.append(f"“{one}”给了两次")
            else:
                found[one] = document
    if mistakes:
        raise InputError("要合并的文件夹", mistakes)
    return found


def _forms_in(folder: Path) -> list[Path]:
    """Return the folders of results in one: a run of several forms has one for each."""
    return sorted(path.parent.parent for path in folder.glob(f"*/{SEASON_FILE}"))


def _shard(folder: Path, document: Mapping[str, Any]) -> ShardRecord | None:
    try:
        return read_shard(document)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        words = ["分份的记录读不懂：可能没有写完，或是别的版本写的。请用同一版本重做这一份"]
        raise InputError(str(folder / SEASON_FILE), words) from error


def _refuse_other_form(documents: Documents, template: Template) -> None:
    other = [
        f"“{folder}”用的表单是 {form.get('id')} {form.get('version')}，"
        f"不是 {template.id} {template.version}；请用 -t 给出做各份时用的表单"
        for folder, one in documents.items()
        if isinstance(form := one.get("template"), dict)
        and (form.get("id"), form.get("version")) != (template.id, template.version)
    ]
    if other:
        raise InputError("要合并的文件夹", other)


# -------------------------------------------------------------------------------------- counties


def _merge_counties(documents: Documents, output: Path, title: str) -> Merged:
    names = _short_names(list(documents))
    counties = tuple(
        one for folder, doc in documents.items() for one in _counties_in(doc, names[folder])
    )
    with only_one_run(output):
        outbox = Outbox(output)
        stream = io.BytesIO()
        write_counties(stream, counties, dict(_titles(counties)), title)
        data = stream.getvalue()
        outbox.stage(SUMMARY, (data,), typed_digest(SUMMARY, data))
        document = {
            "schema": SCHEMA,
            "tool": {"name": TOOL, "version": version()},
            "entries": [],
            _COUNTIES: to_json(counties),
        }
        outbox.stage(SEASON_FILE, (json.dumps(document, ensure_ascii=False).encode(),))
        problems = outbox.place()
        outbox.remove_stale()
        outputs = [
            {"path": path, "sha256": written.sha256, "typed": written.typed}
            for path, written in sorted(outbox.outputs.items())
        ]
        outbox.close(as_json({"tool": {"name": TOOL, "version": version()}, "outputs": outputs}))
    if problems:
        raise Blocked("；".join(problems.values()))
    return Merged(counties, notes=(*what_does_not_fit(counties), *outbox.notes))


def _short_names(folders: Sequence[Path]) -> Mapping[Path, str]:
    """Return a name for each folder: its own, or its path where two are called the same."""
    names = [folder.resolve().name for folder in folders]
    return {
        folder: name if names.count(name) == 1 else str(folder)
        for folder, name in zip(folders, names, strict=True)
    }


def _counties_in(document: Mapping[str, Any], name: str) -> tuple[County, ...]:
    """Return the county of a season.json, or those that an earlier merge put together."""
    merged = document.get(_COUNTIES)
    if merged is None:
        return (county_of(document, name),)
    try:
        found: tuple[County, ...] = from_json(tuple[County, ...], merged)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(name, ["合并过的记录读不懂，请由各县的结果重新合并"]) from error
    return found


def _titles(counties: Sequence[County]) -> Iterator[tuple[str, str]]:
    """Yield the titles of rules by code, of the forms that are at hand."""
    for name in dict.fromkeys(one.form[0] for one in counties):
        try:
            template = find_template(name)
        except SpecError:
            continue
        yield from ((rule.code, rule.title) for rule in catalogue(template))
