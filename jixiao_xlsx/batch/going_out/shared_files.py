"""The files about all departments: 汇总.xlsx, the briefing, and the lists of findings."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping

from jixiao_xlsx.batch.outbox import Outbox
from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.output.html.review_page import review_page
from jixiao_xlsx.output.text.findings_csv import findings_csv
from jixiao_xlsx.output.text.findings_json import findings_json
from jixiao_xlsx.output.typed_content import typed_digest
from jixiao_xlsx.values.program import error_text
from jixiao_xlsx.values.season import Season

SUMMARY = "汇总.xlsx"
BRIEFING = "审核情况汇报.docx"
ANNEX = "审核情况附件（内部）.docx"
REVIEW_PAGE = "审核.html"
OPINIONS_TO_IMPORT = "审核意见导入.xlsx"


def _summary(season: Season, template: Template) -> Iterator[bytes]:
    from jixiao_xlsx.output.xlsx.summary.book import write_summary

    stream = io.BytesIO()
    write_summary(stream, season, catalogue(template), template)
    yield stream.getvalue()


def _briefing(season: Season, template: Template) -> Iterator[bytes]:
    from jixiao_xlsx.output.word.briefing import write_briefing

    yield write_briefing(season, template, {rule.code: rule.title for rule in catalogue(template)})


def _annex(season: Season, template: Template) -> Iterator[bytes]:
    from jixiao_xlsx.output.word.briefing import write_annex

    yield write_annex(season, template)


def _opinions(season: Season, template: Template) -> Iterator[bytes]:
    from jixiao_xlsx.output.xlsx.opinions_to_import import write_opinions

    stream = io.BytesIO()
    write_opinions(stream, season, template)
    yield stream.getvalue()


def _findings_csv(season: Season, template: Template) -> Iterator[bytes]:
    return findings_csv(season.entries)


def _findings_json(season: Season, template: Template) -> Iterator[bytes]:
    return findings_json(season.entries, template, season.findings)


SHARED_FILES: Mapping[str, Callable[[Season, Template], Iterator[bytes]]] = {
    SUMMARY: _summary,
    BRIEFING: _briefing,
    ANNEX: _annex,
    REVIEW_PAGE: review_page,
    OPINIONS_TO_IMPORT: _opinions,
    "findings.csv": _findings_csv,
    "findings.json": _findings_json,
}


def is_wanted(name: str, season: Season) -> bool:
    """Return whether one of them is written: opinions only where the bureau says how."""
    return name != OPINIONS_TO_IMPORT or season.bureau.opinions is not None


def shared_file(
    name: str, season: Season, template: Template, outbox: Outbox, faults: list[str]
) -> str:
    """Stage one of them; return "" or why that failed. Faults of the program go to `faults`."""
    try:
        pieces = [*SHARED_FILES[name](season, template)]
        outbox.stage(name, pieces, typed_digest(name, b"".join(pieces)))
    except Blocked as blocked:
        return str(blocked)
    except Exception as error:  # the other results stand, whatever became of this one
        faults.append(f"{name}: {error_text(error)}")
        return f"“{name}”没有写成：程序出错，请把 run.json 交给维护人员"
    return ""
