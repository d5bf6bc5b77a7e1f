"""What a .docx holds: its paragraphs and its tables as they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from jixiao_xlsx.values.cells import Paragraph


class WordCell(NamedTuple):
    """A cell of a Word table.

    `span` counts the columns it covers; `merge` is "restart" or "continue" of a vertical merge.
    """

    text: str
    span: int = 1
    merge: str = ""


@dataclass(frozen=True, slots=True)
class WordTable:
    """A table with its rows, each from the column where it begins.

    `after` counts the paragraphs before it. `number` counts, from 1, the tables of the report that
    have more than one cell in a row; 0 for a frame around text.
    """

    rows: tuple[tuple[int, tuple[WordCell, ...]], ...]
    after: int
    number: int = 0

    @property
    def framed(self) -> bool:
        """Whether it is a frame around text: one column."""
        return all(len(cells) == 1 for _, cells in self.rows)


@dataclass(frozen=True, slots=True)
class DocxContent:
    """Paragraphs, tables, and what stands in headers, footers and notes, in order."""

    paragraphs: tuple[Paragraph, ...]
    tables: tuple[WordTable, ...]
    margins: tuple[Paragraph, ...] = ()
