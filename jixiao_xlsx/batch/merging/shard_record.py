"""What a shard leaves in its season.json, so that the season can be settled for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jixiao_xlsx.batch.merging.shard import Shard, ShardFiles
from jixiao_xlsx.season.assign import Assignment
from jixiao_xlsx.season.bureau_files import BureauFiles
from jixiao_xlsx.season.which_counts import Placed
from jixiao_xlsx.values.showing.json_form import from_json, to_json
from jixiao_xlsx.values.work import Delivered, Examined

KEY = "shard"


@dataclass(frozen=True)
class ShardRecord:
    """A share of a run: its files and what came of them, before they meet those of other shares.

    `files` are all files of the inbox in their order, `documents` the reports that came with each
    workbook, `sources` the digests of the bureau's files; `delivered` holds paths without bytes,
    `unwritten` why a path could not be written. Records of earlier rounds are not in `bureau`.
    """

    share: Shard
    files: tuple[str, ...]
    sources: Mapping[str, str]
    year: int | None
    placed: tuple[Placed, ...]
    documents: Mapping[str, tuple[tuple[str, str], ...]]
    notes: tuple[str, ...]
    examined: tuple[Examined, ...]
    delivered: tuple[Delivered, ...]
    unwritten: Mapping[str, str]
    bureau: BureauFiles
    compared: bool = False


def shard_record(
    own: ShardFiles,
    assignment: Assignment,
    examined: Mapping[str, Examined],
    bureau: BureauFiles,
    **others: Any,
) -> ShardRecord:
    """Return the record of a share; `others` are its remaining fields, by name."""
    return ShardRecord(
        own.share,
        tuple(one.identity.file for one in assignment.placed),
        year=assignment.year,
        placed=own.own(assignment.placed),
        documents={file: work.documents for file, work in assignment.works.items()},
        notes=assignment.notes,
        examined=tuple(replace(one, record=b"") for one in examined.values()),
        bureau=replace(bureau, earlier=None, last_year={}),
        compared=bureau.earlier is not None,
        **others,
    )


def shard_json(record: ShardRecord) -> Mapping[str, Any]:
    """Return what season.json keeps of a share, beside the records of its departments."""
    return {KEY: to_json(record)}


def read_shard(document: Mapping[str, Any]) -> ShardRecord | None:
    """Return the share that a season.json is of; None where it is a whole season.

    Raises ValueError, TypeError or KeyError where it is damaged.
    """
    found = document.get(KEY)
    return None if found is None else from_json(ShardRecord, found)
