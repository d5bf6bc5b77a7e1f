"""The records that an earlier run left in its output folder."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jixiao_xlsx.season.rounds.records import SCHEMA, SEASON_FILE
from jixiao_xlsx.season.rounds.years import history_of_scores
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, FindingState, Mended, Report
from jixiao_xlsx.values.season import PastDecision
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.work import Record

_OF_A_FINDING = frozenset({"kin", "anchor", "loose", "asked", "whole"})


@dataclass(frozen=True)
class EarlierRound:
    """Records of an earlier run by department name and code, and the files that are unusable."""

    records: Mapping[str, Record] = field(default_factory=dict)
    unusable: tuple[str, ...] = ()

    @property
    def departments(self) -> tuple[Record, ...]:
        """Return each record once."""
        return tuple({id(record): record for record in self.records.values()}.values())


def read_earlier_round(output: Path) -> EarlierRound:
    """Read the season.json in `output`, or the file per department that version 0.1.0 wrote."""
    season = output / SEASON_FILE
    records: dict[str, Record] = {}
    unusable = []
    year = (season_document(season) or {}).get("year") if season.is_file() else None
    for name, entry in _entries(season) if season.is_file() else _files(season.parent):
        record = record_in(entry)
        if record is None:
            unusable.append(name)
            continue
        if not record.history:
            record = replace(record, history=history_of_scores(record.scores, year))
        for key in (record.department, record.code):
            if key:
                records[tidy(key)] = record
    return EarlierRound(records, tuple(unusable))


def season_document(season: Path) -> Mapping[str, Any] | None:
    """Return what a season.json holds; None where it is damaged or of another kind."""
    document = _loaded(season)
    known = isinstance(document, dict) and document.get("schema") == SCHEMA
    return document if known and isinstance(document, dict) else None


def _entries(season: Path) -> Iterable[tuple[str, object]]:
    document = season_document(season)
    if document is None:
        return [(season.name, None)]
    entries = document.get("entries")
    return [(season.name, entry) for entry in entries] if isinstance(entries, list) else []


def _files(folder: Path) -> Iterable[tuple[str, object]]:
    return [(path.name, _loaded(path)) for path in sorted(folder.glob("*.json"))]


def _loaded(path: Path) -> object:
    with contextlib.suppress(OSError, ValueError):
        return json.loads(path.read_text(encoding="utf-8"))
    return None


def record_in(entry: object) -> Record | None:
    """Return the record; None for one damaged, of another program, or of an unknown version."""
    if not isinstance(entry, dict):
        return None
    with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
        record = Record(**entry)
        report_of(record)
        rows = [row for table in record.values.values() for row in table]
        if all(one.keys() >= _OF_A_FINDING for one in record.findings) and all(
            len(row) == 2 for row in rows
        ):
            return record
    return None


def past_decisions(*rounds: EarlierRound) -> frozenset[PastDecision]:
    """Return what reviewers decided on findings of these rounds, each decision once."""
    kept = {FindingState.ACCEPTED, FindingState.WAIVED, FindingState.STRUCK}
    return frozenset(
        PastDecision(record.department, one["fingerprint"], one["code"], state)
        for earlier in rounds
        for record in earlier.departments
        for one in record.findings
        if (state := FindingState(one["state"])) in kept
    )


def reports_left(earlier: EarlierRound, names: Iterable[str]) -> tuple[Report, ...]:
    """Return the reports of the earlier round on departments not in `names`."""
    there = {tidy(name) for name in names if name}
    return tuple(report_of(one) for one in records_left(earlier, there))


def records_left(earlier: EarlierRound, tidied: set[str]) -> tuple[Record, ...]:
    """Return the records of departments that go by none of these tidied names."""
    return tuple(
        one
        for one in earlier.departments
        if not tidied & {tidy(one.department), tidy(one.code)} - {""}
    )


def report_of(record: Record) -> Report:
    """Return the report that a record keeps: findings without what they reported."""
    mended = tuple(
        Mended(**{**one, "severity": Severity(one["severity"])}) for one in record.mended
    )
    findings = tuple(
        Finding(
            one["code"],
            Severity(one["severity"]),
            Place(one["sheet"], one["cell"]),
            one["item"],
            one["field"],
            "",
            one["message"],
            state=FindingState(one["state"]),
            explanation=one["explanation"],
            fingerprint=one["fingerprint"],
            since=one["since"],
        )
        for one in record.findings
    )
    return Report(
        "",
        "",
        record.department,
        record.code,
        None,
        findings,
        {},
        (),
        round=record.round,
        mended=mended,
    )
