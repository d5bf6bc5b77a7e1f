"""Assign workbooks to departments, with what the bureau knows of each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jixiao_xlsx.season.bureau_files import BureauFiles
from jixiao_xlsx.season.pair_reports import Paired, pair_reports
from jixiao_xlsx.season.waivers import live_waivers
from jixiao_xlsx.season.which_counts import Placed, chosen_files, place, year_of
from jixiao_xlsx.values.people import ApprovedTarget, Decision, ReferenceLine, Waiver
from jixiao_xlsx.values.scores import Review
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.work import FileKind, Identity, Record, Work


@dataclass(frozen=True)
class Assignment:
    """Every file with its place, and the work on each that counts, by file.

    `problems` are why the report of a workbook could not be read, by workbook; `notes` are for the
    reviewer whose choices did nothing.
    """

    year: int | None
    placed: tuple[Placed, ...]
    works: Mapping[str, Work]
    problems: Mapping[str, str]
    notes: tuple[str, ...] = ()


def assign(
    identities: Sequence[Identity], bureau: BureauFiles, title_words: Sequence[str]
) -> Assignment:
    """Decide which workbook counts for each department, and gather what is needed to examine it.

    `title_words` are words of which the title of a written report has one; () reads no reports.
    """
    year = year_of(identities, bureau.bureau)
    chosen, notes = chosen_files(bureau.choices, [one.file for one in identities])
    placed = place(identities, bureau.roster, year, chosen)
    pairs = pair_reports(identities, bureau.roster, title_words) if title_words else {}
    gather = _Gatherer(bureau)
    works = {
        one.identity.file: gather.work(
            one, pairs.get(one.identity.file), one.identity.file in chosen
        )
        for one in placed
        if one.counts
    }
    problems = {file: pair.problem for file, pair in pairs.items() if pair.problem}
    return Assignment(year, placed, works, problems, tuple(notes))


def assign_each(
    identities: Sequence[Identity], title_words: Sequence[str], given: str | None = None
) -> Assignment:
    """Let every workbook count by itself, under the name typed in it: no roster, no year.

    `given` is the written report that a person gave, if any.
    """
    pairs = pair_reports(identities, (), title_words, given) if title_words else {}
    placed = tuple(Placed(one, one.status, one.department) for one in identities)
    works = {
        one.file: Work(
            one.file,
            one.department,
            report=pairs[one.file].report if one.file in pairs else "",
            documents=pairs[one.file].documents if one.file in pairs else (),
        )
        for one in identities
        if one.kind is FileKind.WORKBOOK and one.status is FileStatus.SUBMITTED
    }
    problems = {file: pair.problem for file, pair in pairs.items() if pair.problem}
    return Assignment(None, placed, works, problems)


class _Gatherer:
    """The bureau's files, indexed once by department."""

    def __init__(self, bureau: BureauFiles) -> None:
        self._bureau = bureau
        self._codes = {tidy(one.name): tidy(one.code) for one in bureau.roster}
        self._reference: dict[str, list[ReferenceLine]] = {}
        for line in bureau.reference:
            # Final accounts know the department; a line of 批复决算.csv has its code.
            key = tidy(line.department) or tidy(line.code)
            self._reference.setdefault(key, []).append(line)
        self._targets: dict[str, list[ApprovedTarget]] = {}
        for target in bureau.lists.targets:
            self._targets.setdefault(tidy(target.department), []).append(target)
        self._waivers: dict[str, list[tuple[int, Waiver]]] = {}
        for at, waiver in enumerate(live_waivers(bureau.waivers, bureau.today)):
            self._waivers.setdefault(tidy(waiver.department), []).append((at, waiver))
        self._decisions: dict[str, list[Decision]] = {}
        for decision in bureau.decisions:
            self._decisions.setdefault(tidy(decision.department), []).append(decision)
        self._reviews: dict[str, list[Review]] = {}
        for review in bureau.reviews:
            for name in {tidy(review.department), tidy(review.code)} - {""}:
                self._reviews.setdefault(name, []).append(review)

    def work(self, placed: Placed, pair: Paired | None, chosen: bool) -> Work:
        """Return the work on a workbook that counts."""
        identity, name = placed.identity, placed.department
        names = (name,) if chosen else (identity.code, name, identity.department)
        code = self._codes.get(tidy(name), "") or tidy(identity.code)
        # Of projects in files of their own a round keeps nothing that tells them apart.
        known = () if identity.item else names
        return Work(
            file=identity.file,
            department=name,
            names=names,
            chosen=chosen,
            reference=tuple(
                line
                for key in dict.fromkeys(filter(None, (code, tidy(name))))
                for line in self._reference.get(key, ())
            ),
            targets=tuple(self._targets.get(tidy(name), ())),
            waivers=self._waivers_of(name, identity.code),
            decisions=tuple(self._decisions.get(tidy(name), ())),
            earlier=_named(known, self._bureau.earlier or {}),
            last_year=_named(known, self._bureau.last_year),
            reviews=self._reviews_of(names),
            criteria=self._bureau.criteria,
            report=pair.report if pair else "",
            documents=pair.documents if pair else (),
        )

    def _waivers_of(self, *names: str) -> tuple[Waiver, ...]:
        keys = dict.fromkeys(tidy(name) for name in names if name)
        mine = sorted(
            (one for key in keys for one in self._waivers.get(key, ())), key=lambda one: one[0]
        )
        return tuple(waiver for _, waiver in mine)

    def _reviews_of(self, names: Sequence[str]) -> tuple[Review, ...]:
        mine = [one for name in names if name for one in self._reviews.get(tidy(name), ())]
        return tuple(dict.fromkeys(mine))


def _named(names: Sequence[str], records: Mapping[str, Record]) -> Record | None:
    """Return the record of the department that goes by one of these names, the surest first."""
    keys = (tidy(name) for name in names if name)
    return next((records[key] for key in keys if key in records), None)
