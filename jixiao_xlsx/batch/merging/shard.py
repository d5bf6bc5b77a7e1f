"""The share of a run that one machine does, where several divide the files without a network."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.season.assign import Assignment
from jixiao_xlsx.season.which_counts import Placed


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard `number` of `of`, counted from 1.

    A department's files are in one share, and so are departments whose results would be written
    under one name.
    """

    number: int
    of: int

    def has(self, department: str) -> bool:
        """Return whether a department, or a file that is of none, belongs to this share."""
        name = safe_name(department).casefold()
        return zlib.crc32(name.encode("utf-8", "surrogatepass")) % self.of == self.number - 1


@dataclass
class ShardFiles:
    """Which files are of a share: by the department they were first assigned to.

    A workbook that turns out unreadable is later of no department, but remains in its share.
    """

    share: Shard
    owners: dict[str, str] = field(default_factory=dict)

    def only_own(self, assignment: Assignment) -> Assignment:
        """Return the assignment with the work on the files of this share alone."""
        for one in assignment.placed:
            file = one.identity.file
            self.owners.setdefault(file, one.department or Path(file).stem)
        works = {file: work for file, work in assignment.works.items() if self.has(file)}
        return replace(assignment, works=works)

    def has(self, file: str) -> bool:
        """Return whether a file is of this share."""
        return self.share.has(self.owners[file])

    def own(self, placed: Sequence[Placed]) -> tuple[Placed, ...]:
        """Return the files of this share."""
        return tuple(one for one in placed if self.has(one.identity.file))
