"""下发: for each department and each office (归口股室) what goes to it in one archive, and a text to
paste into OA or 微信.

Nothing is sent. The archives hold what lies in 退回/, 待核实/ and 通过/, and nothing of any other
department.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from jixiao_xlsx.batch.outbox import Outbox
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.output.files import Blocked, unique
from jixiao_xlsx.output.text.notice_words import balance_codes
from jixiao_xlsx.output.text.paste_texts import department_text, office_text, reminder_text
from jixiao_xlsx.values.season import Entry, Season

PARCELS = "下发"
_OFFICE = "归口-{}"
_DATE = (2020, 1, 1, 0, 0, 0)  # a fixed one: the same input gives the same bytes
_IN_MEMORY = 1 << 24
_PIECE = 1 << 20


def stage_parcels(season: Season, template: Template, outbox: Outbox) -> list[str]:
    """Stage archives and texts, from files that are placed; return what could not be written."""
    problems: list[str] = []
    taken: set[str] = set()
    title = f"{season.year}年度{template.title}" if season.year else template.title
    sent = [one for one in season.submitted if one.returned and not one.problem]
    for path, pieces in (
        *_of_departments(season, sent, title, template, outbox.folder, taken),
        *_of_offices(season, sent, title, outbox.folder, taken),
    ):
        try:
            outbox.stage(path, pieces)
        except Blocked as blocked:
            problems.append(str(blocked))
    return problems


def _of_departments(
    season: Season,
    sent: Sequence[Entry],
    title: str,
    template: Template,
    folder: Path,
    taken: set[str],
) -> Iterator[tuple[str, Iterable[bytes]]]:
    balance = balance_codes(template)
    for entry in sent:
        assert entry.report is not None
        stem = unique(PurePosixPath(entry.returned[0]).parts[1], taken)
        names = [PurePosixPath(path).name for path in entry.returned]
        yield (
            f"{PARCELS}/{stem}.zip",
            _zipped(folder, dict(zip(names, entry.returned, strict=True))),
        )
        text = department_text(entry.department, entry.report, season.bureau, title, names, balance)
        yield f"{PARCELS}/{stem}.txt", _as_text(text)
    for department in season.missing:
        if department.name not in season.silent:
            stem = unique(safe_name(department.name), taken)
            text = reminder_text(department.name, season.bureau, title)
            yield f"{PARCELS}/{stem}.txt", _as_text(text)


def _of_offices(
    season: Season, sent: Sequence[Entry], title: str, folder: Path, taken: set[str]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the parcels of the offices that the roster names, in its order."""
    place = {one.name: (at, one.office) for at, one in enumerate(season.roster)}
    for office in dict.fromkeys(one.office for one in season.roster if one.office):
        own = [one for one in sent if place.get(one.department, (0, ""))[1] == office]
        own.sort(key=lambda one: (place[one.department][0], one.file))
        missing = [one.name for one in season.missing if one.office == office]
        stem = unique(_OFFICE.format(safe_name(office)), taken)
        files = {
            "/".join(PurePosixPath(path).parts[1:]): path for one in own for path in one.returned
        }
        if files:
            yield f"{PARCELS}/{stem}.zip", _zipped(folder, files)
        text = office_text(office, own, missing, season.bureau, title)
        yield f"{PARCELS}/{stem}.txt", _as_text(text)


def _zipped(folder: Path, files: dict[str, str]) -> Iterator[bytes]:
    """Yield an archive of files of the output folder, by the names they get in it."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as stream:
        with zipfile.ZipFile(stream, "w") as archive:
            for name, path in files.items():
                # Workbooks and Word files are archives already: packing them again gains nothing.
                archive.writestr(zipfile.ZipInfo(name, _DATE), (folder / path).read_bytes())
        stream.seek(0)
        while piece := stream.read(_PIECE):
            yield piece


def _as_text(text: str) -> tuple[bytes]:
    """Return a text as any Notepad of Windows shows it."""
    return (("\ufeff" + text.replace("\n", "\r\n")).encode("utf-8", "replace"),)
