"""The workbook's own part: its sheets and their order, names, what opens first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from jixiao_xlsx.output.xlsx.patch.markup import (
    MAIN,
    Element,
    Unpatchable,
    add,
    add_in_order,
    child,
    children,
    qualified_tag,
    relation_id,
    relations_of,
    set_relation_id,
    set_text,
)
from jixiao_xlsx.output.xlsx.patch.package import Package
from jixiao_xlsx.output.xlsx.patch.sheet import SheetPart
from jixiao_xlsx.output.xlsx.patch.styles import STYLES_TYPE, StyleSheet

_WORKBOOK_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
    "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize",
    "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
    "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_SELECTED = re.compile(rb"(\stabSelected=[\"'])(?:1|true)(?=[\"'])")
_AREA_END = re.compile(r"\$(\d+)(?=,|$)")  # the last row of “甲!$A$1:$E$15”, of several by “,”
_BEGINNING = 1 << 13  # bytes of a sheet within which it says whether it is selected


class WorkbookPart:
    """The workbook of a package. Raises Unpatchable where it is not laid out as one."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = package.main_part()
        self._root = package.tree(self.part)
        sheets = child(self._root, "sheets")
        if sheets is None:
            raise Unpatchable("no list of sheets")
        self._sheets: Element = sheets

    @cached_property
    def sheets(self) -> dict[str, SheetPart]:
        """The worksheets by their names, in order; sheets of other kinds are left out."""
        targets = {one: target for one, kind, target in self._relations if kind == "worksheet"}
        found = {}
        for one in children(self._sheets, "sheet"):
            part = targets.get(relation_id(one), "")
            if part and self.package.has(part):
                found[one.get("name", "")] = SheetPart(self.package, part)
        return found

    @property
    def _relations(self) -> Iterator[tuple[str, str, str]]:
        return self.package.relations(self.part)

    @cached_property
    def styles(self) -> StyleSheet:
        """The formats of the workbook; a list of them is made where it has none."""
        package = self.package
        part = package.related(self.part, "styles")
        if not part or not package.has(part):
            part = package.unused("xl/stylesJ{}.xml")
            namespace = qualified_tag(self._root, "")[1:-1] or MAIN
            package.put(part, f'<styleSheet xmlns="{namespace}"/>'.encode())
            package.declare(part, STYLES_TYPE)
            package.relate(self.part, "styles", part, relations_of(self._root))
        theme = package.related(self.part, "theme")
        return StyleSheet(package, part, theme if theme and package.has(theme) else "")

    def remove_sheet(self, name: str) -> None:
        """Remove a worksheet, and the names that hold on it alone."""
        sheet = self.sheets.pop(name)
        listed = list(children(self._sheets, "sheet"))
        at = next(number for number, one in enumerate(listed) if one.get("name") == name)
        self._edit()
        self.package.unrelate(self.part, relation_id(listed[at]))
        self.package.drop(sheet.part)
        self._sheets.remove(listed[at])
        self._move_names({old: old - (old > at) for old in range(len(listed)) if old != at})

    def add_first_sheet(self, name: str, content: bytes, repeated_rows: str = "") -> None:
        """Put a new worksheet before all others and let the workbook open with it.

        `repeated_rows` (“$6:$6”) are printed on every page.
        """
        number = len(list(children(self._sheets, "sheet")))
        self._sheets.insert(0, self._add_sheet(name, content))
        self._move_names({old: old + 1 for old in range(number)})
        if repeated_rows:
            self._add_name("_xlnm.Print_Titles", f"'{name}'!{repeated_rows}")
        self._open_first()

    def print_to(self, name: str, row: int) -> None:
        """Let the print area of a sheet, where it has one, reach down to a row, from 0."""
        listed = [one.get("name") for one in children(self._sheets, "sheet")]
        for one in children(child(self._root, "definedNames")):
            local = one.get("localSheetId", "")
            if one.get("name") == "_xlnm.Print_Area" and local == str(listed.index(name)):
                ends = [int(end) for end in _AREA_END.findall(one.text or "")]
                lowest = max(ends, default=row + 1)
                if lowest <= row:
                    self._edit()
                    end = re.compile(rf"(?<=\$){lowest}(?=,|$)")
                    set_text(one, end.sub(str(row + 1), one.text or ""))

    def add_last_sheet(self, name: str, content: bytes, *, hidden: bool = False) -> None:
        """Put a new worksheet behind all others; `hidden`: nobody sees it or can show it."""
        made = self._add_sheet(name, content)
        if hidden:
            made.set("state", "veryHidden")

    def calculate_on_opening(self) -> None:
        """Let every formula be worked out anew when the workbook is opened."""
        root = self._edit()
        settings = child(root, "calcPr")
        if settings is None:
            settings = add_in_order(root, "calcPr", _WORKBOOK_ORDER)
        settings.set("fullCalcOnLoad", "1")

    def make_plain(self) -> bool:
        """Turn a workbook with macros, or a template, into a plain one; whether it had macros."""
        if self.package.type_of(self.part) != _BOOK_TYPE:
            self.package.declare(self.part, _BOOK_TYPE)
        macros = [(one, part) for one, kind, part in self._relations if kind == "vbaProject"]
        for identity, part in macros:
            for _, _, signature in list(self.package.relations(part)):
                self.package.drop(signature)
            self._edit()
            self.package.unrelate(self.part, identity)
            self.package.drop(part)
        return bool(macros)

    def never_update_links(self) -> None:
        """Let the workbook neither ask for nor fetch figures of other workbooks when it opens."""
        root = self._edit()
        settings = child(root, "workbookPr")
        if settings is None:
            settings = add_in_order(root, "workbookPr", _WORKBOOK_ORDER)
        settings.set("updateLinks", "never")

    def forget_order_of_calculation(self) -> None:
        """Drop the list of formulas in their order: one that is gone must not be in it."""
        for identity, kind, part in list(self._relations):
            if kind == "calcChain":
                self.package.unrelate(self.part, identity)
                self.package.drop(part)

    # ------------------------------------------------------------------------------------- the rest

    def _edit(self) -> Element:
        return self.package.edit(self.part)

    def _add_sheet(self, name: str, content: bytes) -> Element:
        """Add a worksheet at the end; return its entry in the list of sheets."""
        listed = list(children(self._sheets, "sheet"))
        part = self.package.unused("xl/worksheets/sheetJ{}.xml")
        self.package.put(part, content)
        self.package.declare(part, _SHEET_TYPE)
        namespace = relations_of(self._edit())
        identity = self.package.relate(self.part, "worksheet", part, namespace)
        taken = [int(one.get("sheetId")) for one in listed if one.get("sheetId", "").isdigit()]
        made = add(self._sheets, "sheet", name=name, sheetId=str(max(taken, default=0) + 1))
        set_relation_id(made, identity)
        return made

    def _move_names(self, places: dict[int, int]) -> None:
        """Give names of single sheets their sheets' new places; drop those of no sheet."""
        box = child(self._root, "definedNames")
        if box is None:
            return
        for one in list(children(box)):
            old = one.get("localSheetId", "")
            if not old.isdigit():
                continue
            if int(old) in places:
                one.set("localSheetId", str(places[int(old)]))
            else:
                box.remove(one)
        if not len(box):
            self._root.remove(box)

    def _add_name(self, name: str, text: str) -> None:
        """Define a name of the first sheet."""
        box = child(self._root, "definedNames")
        if box is None:
            box = add_in_order(self._root, "definedNames", _WORKBOOK_ORDER)
        made = add(box, "definedName", name=name, localSheetId="0")
        made.text = text
        box.insert(0, made)

    def _open_first(self) -> None:
        """Show the first sheet, and no other sheet as selected: typing would go into both."""
        views = child(self._root, "bookViews")
        for view in children(views):
            view.set("activeTab", "0")
            view.set("firstSheet", "0")
        for sheet in self.sheets.values():
            if _SELECTED.search(self.package.read(sheet.part, _BEGINNING)):
                sheet.unselect()
