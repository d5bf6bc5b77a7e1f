"""Score files by themselves: `jixiao score`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from jixiao_xlsx.batch.deliver import DeliverTask, deliver, not_delivered
from jixiao_xlsx.batch.examine import Delivery
from jixiao_xlsx.batch.outbox import WRITTEN, Outbox, only_one_run
from jixiao_xlsx.batch.phases import Progress, phases_for
from jixiao_xlsx.batch.run import refuse_inbox_as_output, with_output_names
from jixiao_xlsx.batch.single_files import assigned_each
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.values.season import Entry
from jixiao_xlsx.values.text import joined
from jixiao_xlsx.values.work import Delivered


def score_files(
    paths: Sequence[str | Path],
    output: str | Path,
    *,
    template: Template,
    passwords: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
    only: frozenset[str] | None = None,
) -> tuple[Entry, ...]:
    """Write one scored workbook into `output` for each file of `paths`. Raises Blocked."""
    output, inboxes = Path(output), [Path(path) for path in paths]
    refuse_inbox_as_output(inboxes, output)
    with (
        phases_for(
            inboxes,
            template,
            skip=output,
            only=only,
            jobs=jobs,
            passwords=passwords,
            progress=progress,
        ) as phases,
        only_one_run(output),
    ):
        assignment, entries = assigned_each(phases)
        named = list(with_output_names(entries))
        originals = {one.path.resolve() for one in phases.files.values()}
        tasks = (
            DeliverTask(
                assignment.works[entry.file],
                phases.content(entry.file),
                template.folder,
                entry.report,
                Delivery(entry.output, letters=False),
                passwords=tuple(passwords),
            )
            for entry in named
            if entry.output and entry.report
        )
        outbox = Outbox(output, WRITTEN)
        delivered = {}
        for one in phases.executor.results(deliver, tasks, not_delivered):
            delivered[one.file] = _written(one, outbox, originals)
            phases.step()
        outbox.close_list()
    return tuple(_with(entry, delivered.get(entry.file)) for entry in named)


def _with(entry: Entry, delivered: Delivered | None) -> Entry:
    if delivered is None:
        return entry
    return replace(
        entry,
        output="" if delivered.problem else entry.output,
        problem=delivered.problem,
        reason=joined(entry.reason, delivered.reason),
        faults=(*entry.faults, *delivered.faults),
    )


def _written(one: Delivered, outbox: Outbox, originals: Collection[Path]) -> Delivered:
    """Put the scored workbook in its place, where nothing typed by a person is lost."""
    told = len(outbox.notes)
    for path, data in one.files:
        if (outbox.folder / path).resolve() in originals:
            words = f"“{path}”没有写成：会盖掉报送的原件。请用 -o 写到另一个文件夹"
            return replace(one, files=(), problem=words)
        try:
            outbox.stage(path, (data,), one.typed.get(path, ""))
            problem = outbox.place().get(path, "")
        except Blocked as blocked:
            problem = str(blocked)
        if problem:
            return replace(one, files=(), problem=problem)
    return replace(one, files=(), reason=joined(one.reason, *outbox.notes[told:]))
