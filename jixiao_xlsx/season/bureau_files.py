"""What the bureau brings to a run: its roster, its figures and its decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from jixiao_xlsx.intake.roster import Choice
from jixiao_xlsx.season.bureau_lists import BureauLists
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.people import Bureau, Decision, Department, ReferenceLine, Waiver
from jixiao_xlsx.values.scores import Clause, Review
from jixiao_xlsx.values.season import PastDecision
from jixiao_xlsx.values.work import Record


@dataclass(frozen=True)
class BureauFiles:
    """The bureau's own files as read.

    `today` is the day on which waivers must hold; `earlier` the records of the round before by
    department name and code, None where the run is not compared with one, and `last_year` those of
    last year's season, `past` what was decided in both; `accounts_notes` say
    what of the final accounts could not be used, and who has none; `lists` are approved
    targets and projects; `review_findings`
    are about the workbooks that `reviews` and `decisions` were read from.
    """

    today: dt.date
    roster: tuple[Department, ...] = ()
    bureau: Bureau = field(default_factory=Bureau)
    waivers: tuple[Waiver, ...] = ()
    reference: tuple[ReferenceLine, ...] = ()
    accounts_notes: tuple[str, ...] = ()
    lists: BureauLists = field(default_factory=BureauLists)
    choices: tuple[Choice, ...] = ()
    reviews: tuple[Review, ...] = ()
    review_findings: tuple[BatchFinding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    criteria: tuple[Clause, ...] = ()
    earlier: Mapping[str, Record] | None = None
    last_year: Mapping[str, Record] = field(default_factory=dict)
    past: frozenset[PastDecision] = frozenset()
