"""A worksheet's part: formats and texts of single cells, merged areas, links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from jixiao_xlsx.output.xlsx.patch.markup import (
    Element,
    Unpatchable,
    add,
    add_in_order,
    child,
    children,
    clean,
    local,
    qualified_tag,
    relation_id,
    set_text,
)
from jixiao_xlsx.output.xlsx.patch.package import Package
from jixiao_xlsx.values.addresses import Area, Position, a1, position

WORKSHEET_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
    "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_WRAPPERS = frozenset({"AlternateContent", "Choice", "controls"})
_CONTENT = frozenset({"v", "is", "f"})


class SheetPart:
    """One worksheet. Rows and cells without an address stand after the one before them."""

    def __init__(self, package: Package, part: str) -> None:
        self.package = package
        self.part = part
        self._cells: dict[int, dict[int, Element]] = {}

    @cached_property
    def root(self) -> Element:
        """The root of the part, to be looked at. Raises Unpatchable."""
        return self.package.tree(self.part)

    def edit(self) -> Element:
        """Return the root of the part, to be changed. Raises Unpatchable."""
        return self.package.edit(self.part)

    def unselect(self) -> None:
        """Let it not be one of the sheets that are selected when the workbook opens."""
        for view in children(child(self.edit(), "sheetViews")):
            view.attrib.pop("tabSelected", None)

    # ---------------------------------------------------------------------------------------- cells

    @cached_property
    def _data(self) -> Element:
        data = child(self.root, "sheetData")
        if data is None:
            raise Unpatchable(f"no cells in {self.part}")
        return data

    @cached_property
    def _rows(self) -> dict[int, Element]:
        rows: dict[int, Element] = {}
        at = -1
        for row in children(self._data, "row"):
            number = row.get("r", "")
            at = int(number) - 1 if number.isdigit() else at + 1
            rows.setdefault(at, row)
        return rows

    def _cells_of(self, row: int) -> dict[int, Element]:
        """Return the cells of a row by their columns, from left to right."""
        if row not in self._cells:
            found: dict[int, Element] = {}
            at = -1
            for cell in children(self._rows.get(row), "c"):
                address = cell.get("r")
                at = position(address)[1] if address else at + 1
                found.setdefault(at, cell)
            self._cells[row] = found
        return self._cells[row]

    def last_row(self) -> int:
        """Return the last row that has cells, counted from 0; -1 where none has."""
        return max(self._rows, default=-1)

    def cells(self, top: int, bottom: int) -> Iterator[Position]:
        """Yield the positions of the cells of these rows, row by row."""
        for row in range(top, bottom + 1):
            yield from ((row, column) for column in list(self._cells_of(row)))

    def is_filled(self, at: Position) -> bool:
        """Return whether a cell holds a value or a formula."""
        cell = self._cells_of(at[0]).get(at[1])
        if cell is None:
            return False
        kinds = [one for one in cell if isinstance(one.tag, str)]
        return any(
            one.tag.rpartition("}")[2] in _CONTENT and (one.text or len(one)) for one in kinds
        )

    def style(self, at: Position) -> int:
        """Return the number of the format a cell has, or would have if it were there."""
        cell = self._cells_of(at[0]).get(at[1])
        return _number(cell.get("s", "0")) if cell is not None else self._inherited(at)

    def set_style(self, at: Position, style: int) -> None:
        """Set the format of a cell, which is made where there is none."""
        self._cell(at).set("s", str(style))

    def write_text(self, at: Position, text: str) -> None:
        """Set the content of a cell to a text, which never becomes a formula."""
        cell = self._cell(at)
        for one in list(cell):
            cell.remove(one)
        cell.set("t", "inlineStr")
        set_text(add(add(cell, "is"), "t"), clean(text))

    def width(self, column: int) -> float:
        """Return the width of a column in characters; 8 where the sheet does not say."""
        for one in children(child(self.root, "cols"), "col"):
            if _number(one.get("min", "0")) <= column + 1 <= _number(one.get("max", "0")):
                return float(one.get("width") or 8)
        return 8.0

    def raise_height(self, row: int, points: float) -> None:
        """Let a row, which is made where there is none, be at least so high."""
        self.edit()
        found = self._row(row)
        if float(found.get("ht") or 0) >= points:
            return
        found.set("ht", f"{points:g}")
        if found.get("customHeight") not in {"1", "true"}:
            found.set("customHeight", "1")

    def _cell(self, at: Position) -> Element:
        self.edit()
        found = self._cells_of(at[0]).get(at[1])
        return self._new_cell(at) if found is None else found

    def _new_cell(self, at: Position) -> Element:
        style = self._inherited(at)
        row = self._row(at[0])
        row.attrib.pop("spans", None)  # only a hint, and wrong from now on
        cells = self._cells_of(at[0])
        made = row.makeelement(qualified_tag(row, "c"), {"r": a1(*at)})
        if style:
            made.set("s", str(style))
        later = min((column for column in cells if column > at[1]), default=None)
        if later is None:
            row.append(made)
        else:
            cells[later].addprevious(made)
        cells[at[1]] = made
        self._cells[at[0]] = dict(sorted(cells.items()))
        self._widen(at)
        return made

    def _row(self, at: int) -> Element:
        found = self._rows.get(at)
        if found is not None:
            return found
        made = self._data.makeelement(qualified_tag(self._data, "row"), {"r": str(at + 1)})
        later = min((row for row in self._rows if row > at), default=None)
        if later is None:
            self._data.append(made)
        else:
            self._rows[later].addprevious(made)
        self._rows[at] = made
        return made

    def _inherited(self, at: Position) -> int:
        """Return the format of an absent cell: its row's, or else its column's."""
        row = self._rows.get(at[0])
        if row is not None and row.get("customFormat") in {"1", "true"}:
            return _number(row.get("s", "0"))
        for one in children(child(self.root, "cols"), "col"):
            if _number(one.get("min", "0")) <= at[1] + 1 <= _number(one.get("max", "0")):
                return _number(one.get("style", "0"))
        return 0

    def _widen(self, at: Position) -> None:
        """Let the sheet's noted extent take in a new cell: some readers believe it."""
        noted = child(self.root, "dimension")
        area = None if noted is None else _area(noted.get("ref", ""))
        if noted is not None and area is not None:
            top, left, bottom, right = area
            first = a1(min(top, at[0]), min(left, at[1]))
            noted.set("ref", f"{first}:{a1(max(bottom, at[0]), max(right, at[1]))}")

    def drop_formulas(self, is_dropped: Callable[[str], bool]) -> list[Position]:
        """Replace formulas by the values they have now, and return their cells."""
        cells = [
            ((row, column), cell)
            for row in self._rows
            for column, cell in self._cells_of(row).items()
        ]
        formulas = [(at, cell, child(cell, "f")) for at, cell in cells]
        named = [(at, cell, one) for at, cell, one in formulas if one is not None]
        shared = {
            one.get("si") for _, _, one in named if one.get("si") and is_dropped(one.text or "")
        }
        dropped = []
        for at, cell, one in named:
            if is_dropped(one.text or "") or one.get("si") in shared:
                self.edit()
                cell.remove(one)
                dropped.append(at)
        return dropped

    def drop_controls(self) -> int:
        """Remove the ActiveX controls of a sheet, which are programs, and return how many."""
        listed = [one for one in self.package.relations(self.part) if one[1] == "control"]
        programs = {identity for identity, _, _ in listed}
        for one in list(self.root.iter()) if programs else ():
            if local(one) == "control" and relation_id(one) in programs:
                self.edit()
                _remove_with_empty_parents(one)
        for identity, _, part in listed:
            for _, _, binary in list(self.package.relations(part)):
                self.package.drop(binary)
            self.package.unrelate(self.part, identity)
            self.package.drop(part)
        return len(programs)

    # ------------------------------------------------------------------------------ areas and links

    @cached_property
    def _merged(self) -> list[Area]:
        listed = children(child(self.root, "mergeCells"), "mergeCell")
        areas = [_area(one.get("ref", "")) for one in listed]
        return [area for area in areas if area is not None]

    def top_left(self, at: Position) -> Position:
        """Return the first cell of the merged area that a cell belongs to, or the cell itself."""
        for top, left, bottom, right in self._merged:
            if top <= at[0] <= bottom and left <= at[1] <= right:
                return top, left
        return at

    def links(self) -> Iterator[tuple[Area, str]]:
        """Yield the area and the place in the workbook ("" for others) of each link."""
        for one in children(child(self.root, "hyperlinks"), "hyperlink"):
            area = _area(one.get("ref", ""))
            if area is not None:
                yield area, one.get("location", "")

    def protect(self) -> None:
        """Guard the locked cells against slips, without a password; rows may be inserted."""
        root = self.edit()
        if child(root, "sheetProtection") is None:
            guard = add_in_order(root, "sheetProtection", WORKSHEET_ORDER)
            guard.set("sheet", "1")
            for freedom in ("formatCells", "formatColumns", "formatRows", "insertRows"):
                guard.set(freedom, "0")

    def add_list(self, area: str, choices: str) -> None:
        """Offer `choices` (joined by commas) in the cells of an area."""
        root = self.edit()
        box = child(root, "dataValidations")
        if box is None:
            box = add_in_order(root, "dataValidations", WORKSHEET_ORDER)
        rule = add(box, "dataValidation", type="list", allowBlank="1", sqref=area)
        add(rule, "formula1").text = f'"{choices}"'
        box.set("count", str(len(box)))

    def add_link(self, at: Position, location: str, tooltip: str) -> None:
        """Let a click on a cell lead to a place in the workbook."""
        root = self.edit()
        box = child(root, "hyperlinks")
        if box is None:
            box = add_in_order(root, "hyperlinks", WORKSHEET_ORDER)
        add(box, "hyperlink", ref=a1(*at), location=location, tooltip=tooltip, display=location)


def _remove_with_empty_parents(element: Element) -> None:
    """Remove an element, and what around it holds nothing else (another program's reading of it).

    The fallback of such a reading goes with it.
    """
    parent = element.getparent()
    parent.remove(element)
    while local(parent) in _WRAPPERS and not any(
        local(one) not in {"", "Fallback"} for one in parent
    ):
        element, parent = parent, parent.getparent()
        parent.remove(element)


def _area(text: str) -> Area | None:
    first, _, last = text.partition(":")
    try:
        (top, left), (bottom, right) = position(first), position(last or first)
    except ValueError:
        return None
    return top, left, bottom, right


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
