"""Everything that a run takes, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from jixiao_xlsx.batch.merging.shard import Shard
from jixiao_xlsx.form.spec import Template


@dataclass(frozen=True, slots=True)
class Job:
    """What `jixiao run` takes, under the names of its options.

    `inboxes` are folders or files, `output` the folder of the results. `bureau` (bureau.toml) and
    `waivers` (waivers.csv) are looked for beside the `roster` (departments.csv) unless given, as
    is criteria.toml, the clauses by which reviewers deduct;
    `reference` is 批复决算.csv, `final_accounts` a folder of 决算 tables, `targets` a
    workbook or folder of approved targets, `projects` the list of projects, `choose`
    overrides.csv, which says what file of a department counts.
    `previous` is the output of the round before, `last_year` that of last year's season; `review`
    holds scored workbooks that a reviewer typed into, `decisions` are copies of 汇总.xlsx in which
    findings were decided; `passwords` are tried on encrypted workbooks. `jobs` is the number of
    processes (None: as many as gain); `executor` is where they work: "local" or None for this
    machine, “dask://HOST:PORT” or a Dask client for a cluster. `only` names the files that are of
    this form, where several forms share an inbox. `shard` is the share that is done here, where
    several machines without a network divide an inbox; `jixiao merge` puts their results together.
    """

    inboxes: tuple[Path, ...]
    output: Path
    template: Template
    roster: Path | None = None
    bureau: Path | None = None
    waivers: Path | None = None
    reference: Path | None = None
    final_accounts: Path | None = None
    targets: Path | None = None
    projects: Path | None = None
    choose: Path | None = None
    previous: Path | None = None
    last_year: Path | None = None
    review: Path | None = None
    decisions: tuple[Path, ...] = ()
    passwords: tuple[str, ...] = field(default=(), repr=False)
    jobs: int | None = None
    executor: object = None
    only: frozenset[str] | None = None
    shard: Shard | None = None
