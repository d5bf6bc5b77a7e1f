"""Workbooks changed part by part: nothing but what is marked differs, whoever made the file."""

from __future__ import annotations

import base64
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import openpyxl
import pytest
from office import converted, office, resaved
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from parts import changed_parts, repacked_with, unpacked, untouched

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.output.xlsx.annotated.marks import (
    CULPRIT_COLOURS,
    OUTLINE_COLOURS,
    SEVERITY_COLOURS,
)
from jixiao_xlsx.output.xlsx.patch.comments import CellComment, change_notes, notes_of
from jixiao_xlsx.output.xlsx.patch.markup import Unpatchable, clean
from jixiao_xlsx.output.xlsx.patch.package import Package
from jixiao_xlsx.output.xlsx.patch.styles import NO_COLOUR
from jixiao_xlsx.output.xlsx.patch.workbook import WorkbookPart
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.titles import OPINION_SHEET
from jixiao_xlsx.values.addresses import position
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Report

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
FORM = find_template()
SAMPLES = sorted(INBOX.glob("*.xlsx"))
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
PICTURE = (
    f'<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main">'
    "<xdr:oneCellAnchor><xdr:from><xdr:col>7</xdr:col><xdr:colOff>0</xdr:colOff>"
    "<xdr:row>29</xdr:row>"
    '<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="95250" cy="95250"/><xdr:pic><xdr:nvPicPr>'
    '<xdr:cNvPr id="2" name="公章"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
    f'<a:blip xmlns:r="{RELATIONS}" r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch>'
    '</xdr:blipFill><xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr></xdr:pic><xdr:clientData/>'
    "</xdr:oneCellAnchor></xdr:wsDr>"
)
TYPES = "application/vnd.openxmlformats-officedocument"
STRICT = "http://purl.oclc.org/ooxml/"


@lru_cache
def example() -> tuple[bytes, Submission, Report]:
    """A sample with an error, and what was found in it."""
    for path in SAMPLES:
        data = path.read_bytes()
        submission, report = examined(data)
        if len(report.findings) > 2:
            return data, submission, report
    raise AssertionError("no sample has findings")


def examined(data: bytes) -> tuple[Submission, Report]:
    submission = workbook.read_bytes(data, "报送.xlsx", FORM)
    return submission, check(submission, FORM)


def may_change(data: bytes, report: Report, *also: str) -> set[str]:
    """The parts that a copy may change: marked and prefilled sheets and what they need, styles,
    workbook, relations, content types; and the sheet that was open, which is no longer.
    """
    package = Package(data)
    book = WorkbookPart(package)
    remarks = FORM.remarks["table"]
    marked = {one.place.sheet for one in report.findings} | {remarks}
    names = {book.part, "[Content_Types].xml", "xl/_rels/workbook.xml.rels", *also}
    names.add(package.related(book.part, "styles"))
    for name, sheet in book.sheets.items():
        if name in marked:
            folder, _, file = sheet.part.rpartition("/")
            names |= {sheet.part, f"{folder}/_rels/{file}.rels"}
            names |= {
                part
                for _, kind, part in package.relations(sheet.part)
                if kind in {"comments", "vmlDrawing"}
            }
        elif b"tabSelected" in package.read(sheet.part, 8192):
            names.add(sheet.part)
    return names


def opened(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says what it does not keep
        return openpyxl.load_workbook(io.BytesIO(data))


def prefilled_rows(data: bytes, copy: bytes) -> set[int]:
    """The rows of 核实说明, from 1, that were blank and have a line in the copy."""
    filled = []
    for one in (data, copy):
        sheet = WorkbookPart(Package(one)).sheets.get(FORM.remarks["table"])
        places = sheet.cells(0, sheet.last_row()) if sheet else ()
        filled.append({at[0] + 1 for at in places if sheet.is_filled(at)})
    return filled[1] - filled[0]


def lost(data: bytes, copy: bytes, report: Report) -> list[str]:
    """What differs and may not. Rows of 核实说明 that were prefilled may be higher, and its print
    area reach down to the last of them.
    """
    rows = prefilled_rows(data, copy)
    sheet = WorkbookPart(Package(data)).sheets.get(FORM.remarks["table"])
    height = re.compile(
        rf"{sheet.part if sheet else ''} /worksheet/sheetData/row(\d*) "
        r"(customHeight: (?:0|false) → 1|ht: ([\d.]+) → ([\d.]+))"
    )
    area = re.compile(
        r"xl/workbook\.xml /workbook/definedNames/definedName: "
        rf"'(.*{FORM.remarks['table']}.*\$)(\d+)' → '(.*\$)(\d+)'"
    )

    def may_be(line: str) -> bool:
        if found := height.fullmatch(line):
            own = not found[1] or int(found[1]) in rows  # some files do not number their rows
            return own and (not found[3] or float(found[3]) < float(found[4]))
        if found := area.fullmatch(line):
            return found[1] == found[3] and int(found[2]) < int(found[4]) == max(rows, default=0)
        return False

    return [one for one in untouched(data, copy, may_change(data, report)) if not may_be(one)]


def check_copy(data: bytes) -> tuple[bytes, Report]:
    """Annotate a workbook; nothing is lost, the copy is OOXML, and reads like the original."""
    submission, report = examined(data)
    copy = annotate(data, submission, report, FORM)
    assert lost(data, copy, report) == []
    book = opened(copy)
    notes = [row[0] for row in book[OPINION_SHEET].iter_rows(values_only=True)]
    assert not [one for one in notes if "只保留数值" in str(one)]
    again = check(workbook.read_bytes(copy, "报送.xlsx", FORM), FORM)
    told = ("code", "severity", "sheet", "cell", "item", "field", "reported", "message")
    assert again.flatten(*told) == report.flatten(*told)
    for finding in report.findings:
        cell = book[finding.place.sheet][finding.place.cell]
        filled = cell.fill.fgColor.rgb[2:] in {
            *SEVERITY_COLOURS.values(),
            *CULPRIT_COLOURS.values(),
        }
        edge = cell.border.left.color
        outlined = edge is not None and str(edge.rgb)[2:] in OUTLINE_COLOURS.values()
        assert filled or outlined, finding.place
    return copy, report


@pytest.mark.parametrize("path", SAMPLES[::6], ids=lambda path: path.stem)
def test_every_other_part_keeps_its_bytes(path: Path) -> None:
    check_copy(path.read_bytes())


def saved(change: Callable[[openpyxl.Workbook], object]) -> bytes:
    """The example as openpyxl saves it, with a change."""
    book = opened(example()[0])
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def first_marked(book: openpyxl.Workbook) -> openpyxl.worksheet.worksheet.Worksheet:
    return book[example()[2].findings[0].place.sheet]


def with_chart_and_comment(book: openpyxl.Workbook) -> None:
    sheet = first_marked(book)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=5, max_row=9))
    sheet.add_chart(chart, "J30")
    sheet["A40"].comment = Comment("单位自己的批注", "王会计")


def test_a_file_of_openpyxl_with_chart_and_comment() -> None:
    copy, _ = check_copy(saved(with_chart_and_comment))
    sheet = first_marked(opened(copy))
    assert len(sheet._charts) == 1
    assert sheet["A40"].comment.text == "单位自己的批注"


def rich() -> bytes:
    """The example with what openpyxl would lose: threaded comments, x14 validations, a picture,
    protected ranges, form controls, custom XML, boxes with ids of another program.
    """
    data, _, report = example()
    package = Package(data)
    sheet = WorkbookPart(package).sheets[report.findings[0].place.sheet]
    threaded = report.findings[0].place.cell
    folder, _, file = sheet.part.rpartition("/")
    relations = f"{folder}/_rels/{file}.rels"
    parts = unpacked(data)
    xml = parts[sheet.part].decode()
    extension = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/'
        '2006/main">'
        '<x14:dataValidation type="list"><x14:formula1><xm:f>Z1:Z9</xm:f></x14:formula1>'
        "<xm:sqref>Y1</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    tail = '<drawing xmlns:r="' + RELATIONS + '" r:id="rIdD"/>'
    tail += '<legacyDrawing xmlns:r="' + RELATIONS + '" r:id="rIdV"/>' + extension
    xml = xml.replace("</worksheet>", tail + "</worksheet>")
    ranges = '<protectedRanges><protectedRange sqref="Y1" name="可改"/></protectedRanges>'
    xml = re.sub(r"(<sheetProtection[^>]*/>)", r"\1" + ranges, xml)
    parts[sheet.part] = xml.encode()
    listed = parts.get(
        relations,
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b"</Relationships>",
    ).decode()
    own = (
        f'<Relationship Id="rIdV" Type="{RELATIONS}/vmlDrawing" '
        'Target="../drawings/vmlDrawing7.vml"/>'
        f'<Relationship Id="rIdD" Type="{RELATIONS}/drawing" Target="../drawings/drawing7.xml"/>'
        f'<Relationship Id="rIdC" Type="{RELATIONS}/comments" Target="/xl/comments7.xml"/>'
        '<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
        'threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
    )
    parts[relations] = listed.replace("</Relationships>", own + "</Relationships>").encode()
    parts["xl/comments7.xml"] = (
        f'<comments xmlns="{SPREADSHEET}"><authors><author>tc={{1}}</author>'
        "<author>王会计</author></authors>"
        f'<commentList><comment ref="{threaded}" authorId="0"><text><t>[线程批注]\n请核对</t>'
        "</text></comment>"
        '<comment ref="Y2" authorId="1"><text><r><t>本单位</t></r><r><t>备注</t></r></text>'
        "</comment>"
        "</commentList></comments>"
    ).encode()
    parts["xl/threadedComments/threadedComment1.xml"] = b"<ThreadedComments/>"
    row, column = position(threaded)
    parts["xl/drawings/vmlDrawing7.vml"] = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"/>'
        f'<v:shape id="_x0000_s7171" type="#_x0000_t202"><v:textbox><div>一行<br></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:Row>{row}</x:Row>'
        f"<x:Column>{column}</x:Column></x:ClientData></v:shape>"
        '<v:shape id="_x0000_s9000" type="#_x0000_t201">'
        '<x:ClientData ObjectType="Button"/></v:shape></xml>'
    ).encode()
    parts["customXml/item1.xml"] = b"<x/>"
    parts["xl/media/image7.png"] = PIXEL
    parts["xl/drawings/drawing7.xml"] = PICTURE.encode()
    parts["xl/drawings/_rels/drawing7.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/image" Target="../media/image7.png"/>'
        "</Relationships>"
    ).encode()
    types = parts["[Content_Types].xml"].decode()
    extra = (
        f'<Default Extension="vml" ContentType="{TYPES}.vmlDrawing"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        '<Override PartName="/xl/comments7.xml" '
        f'ContentType="{TYPES}.spreadsheetml.comments+xml"/>'
        f'<Override PartName="/xl/drawings/drawing7.xml" ContentType="{TYPES}.drawing+xml"/>'
    )
    parts["[Content_Types].xml"] = types.replace("</Types>", extra + "</Types>").encode()
    return repacked_with(data, parts)


def test_what_openpyxl_would_lose_stays() -> None:
    data = rich()
    copy, report = check_copy(data)
    parts = unpacked(copy)
    assert b"x14:dataValidation" in b"".join(parts.values())
    assert parts["xl/threadedComments/threadedComment1.xml"] == b"<ThreadedComments/>"
    place = report.findings[0].place
    threaded = str(place)
    comments = parts["xl/comments7.xml"].decode()
    assert "[线程批注]" in comments and comments.count(f'ref="{place.cell}"') == 1
    drawing = parts["xl/drawings/vmlDrawing7.vml"].decode()
    assert "_x0000_s7171" in drawing and "_x0000_s9000" in drawing and "<br>" in drawing
    numbers = re.findall(r'id="_x0000_s(\d+)"', drawing)
    assert len(numbers) == len(set(numbers)) > 2
    page = opened(copy)[OPINION_SHEET]
    said = [str(row[0]) for row in page.iter_rows(values_only=True)]
    assert any(threaded in line and "带回复的批注" in line for line in said)


def test_a_second_round_takes_our_marks_out_again() -> None:
    for data in (rich(), saved(with_comment_on_the_first), example()[0]):
        submission, report = examined(data)
        copy = annotate(data, submission, report, FORM)
        again = workbook.read_bytes(copy, "报送.xlsx", FORM)
        calm = annotate(copy, again, replace(report, findings=()), FORM)
        before, after = (
            opened(data),
            opened(calm),
        )
        assert after.sheetnames == [OPINION_SHEET, *before.sheetnames]
        for sheet in before:
            for finding in report.findings:
                if finding.place.sheet == sheet.title:
                    was, now = sheet[finding.place.cell], after[sheet.title][finding.place.cell]
                    note, theirs = now.comment, was.comment
                    assert (note.text if note else "") == (theirs.text if theirs else "")
                    if theirs is None or not theirs.author.startswith("tc="):
                        assert was.fill.fill_type == now.fill.fill_type


def with_comment_on_the_first(book: openpyxl.Workbook) -> None:
    place = example()[2].findings[0].place
    book[place.sheet][place.cell].comment = Comment("_x0041_ 单位备注", "王会计")


def strict(data: bytes) -> bytes:
    """The workbook in the namespaces of Strict OOXML."""
    parts = unpacked(data)
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) and not name.startswith("docProps"):
            content = content.replace(SPREADSHEET.encode(), f"{STRICT}spreadsheetml/main".encode())
            parts[name] = content.replace(
                RELATIONS.encode(), f"{STRICT}officeDocument/relationships".encode()
            )
    return repacked_with(data, parts)


def test_strict_ooxml() -> None:
    data = strict(example()[0])
    submission, report = examined(data)
    assert report.findings
    copy = annotate(data, submission, report, FORM)
    assert lost(data, copy, report) == []
    new = unpacked(copy)
    made = [name for name in new if name not in unpacked(data)]
    assert any("comments" in name for name in made)
    for name in made:
        if name.endswith((".xml", ".rels")):
            assert SPREADSHEET.encode() not in new[name] and RELATIONS.encode() not in new[name]
    package = Package(copy)
    book = WorkbookPart(package)
    assert next(iter(book.sheets)) == OPINION_SHEET
    told = ("code", "sheet", "cell", "message")
    again = check(workbook.read_bytes(copy, "报送.xlsx", FORM), FORM)
    assert again.flatten(*told) == report.flatten(*told)


def prefixed(data: bytes) -> bytes:
    """The sheets and styles with every element under a prefix, as some libraries write them."""
    parts = unpacked(data)
    for name in parts:
        if re.match(r"xl/(worksheets/sheet\d+|styles|workbook)\.xml$", name):
            text = (
                parts[name].decode().replace(f'xmlns="{SPREADSHEET}"', f'xmlns:x="{SPREADSHEET}"')
            )
            parts[name] = re.sub(r"(</?)([A-Za-z])", r"\1x:\2", text).encode()
    return repacked_with(data, parts)


def test_prefixes_on_every_element() -> None:
    check_copy(prefixed(example()[0]))


def without_addresses(data: bytes) -> bytes:
    """Rows without numbers, as a few programs write them, where none is left out."""
    parts = unpacked(data)
    for name in parts:
        if re.match(r"xl/worksheets/sheet\d+\.xml$", name):
            xml = parts[name].decode()
            rows = [int(one) for one in re.findall(r'<row r="(\d+)"', xml)]
            if rows == list(range(1, len(rows) + 1)):
                parts[name] = re.sub(r'<row r="\d+"', "<row", xml).encode()
    return repacked_with(data, parts)


def test_rows_without_numbers() -> None:
    check_copy(without_addresses(example()[0]))


def test_a_broken_picture_costs_nothing() -> None:
    """What nobody looks into is copied as it lies in the file, even where it cannot be unpacked."""
    data = bytearray(repacked_with(example()[0], {"xl/media/image1.png": PIXEL * 20}))
    at = data.index(b"xl/media/image1.png") + len("xl/media/image1.png") + 4
    data[at] ^= 0xFF
    submission, report = examined(bytes(data))
    copy = annotate(bytes(data), submission, report, FORM)
    assert "xl/media/image1.png" not in changed_parts(bytes(data), copy)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/styles.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><styleSheet/>"),
        ("xl/styles.xml", "<styleSheet"),
        ("xl/_rels/workbook.xml.rels", None),
    ],
)
def test_what_cannot_be_patched_comes_back_as_values_and_says_so(
    part: str, content: str | None
) -> None:
    data, submission, report = example()
    if content is None:
        broken = data.replace(b"xl/_rels/workbook.xml.rels", b"xl/_rels/workbook.xml.relx")
    else:
        broken = repacked_with(data, {part: content})
    try:
        workbook.read_bytes(broken, "x.xlsx", FORM)
    except Exception:
        return  # it would never be annotated
    page = opened(annotate(broken, submission, report, FORM))
    said = [str(row[0]) for row in page[OPINION_SHEET].iter_rows(values_only=True)]
    assert any("只保留数值" in line for line in said)


def test_macros_do_not_travel() -> None:
    data, submission, report = example()
    parts = unpacked(data)
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        sheet.encode(), b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    own = (
        '<Relationship Id="rIdM" Type="http://schemas.microsoft.com/office/2006/relationships/'
        'vbaProject" Target="vbaProject.bin"/></Relationships>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", own.encode())
    copy = annotate(
        repacked_with(data, parts | {"xl/vbaProject.bin": b"x"}), submission, report, FORM
    )
    new = unpacked(copy)
    assert "xl/vbaProject.bin" not in new and b"vbaProject" not in new[rels]
    assert b"macroEnabled" not in new["[Content_Types].xml"]
    page = opened(copy)[OPINION_SHEET]
    assert any("宏" in str(row[0]) for row in page.iter_rows(values_only=True))


# ------------------------------------------------------------------------------------ single rooms


def package_of(**fills: PatternFill) -> WorkbookPart:
    book = openpyxl.Workbook()
    for ref, fill in fills.items():
        book.active[ref].fill = fill
    book.active["Z9"] = 1
    stream = io.BytesIO()
    book.save(stream)
    return WorkbookPart(Package(stream.getvalue()))


@pytest.mark.parametrize(
    ("colour", "shown"),
    [
        ({"rgb": "FFABCDEF"}, "ABCDEF"),
        ({"theme": 0}, "FFFFFF"),
        ({"theme": 1}, "000000"),
        ({"theme": 4}, "4F81BD"),
        ({"theme": 4, "tint": 0.5999938962981048}, "B8CCE4"),
        ({"theme": 4, "tint": -0.249977111117893}, "366092"),
        ({"indexed": 13}, "FFFF00"),
    ],
)
def test_colours_of_themes_and_palettes_are_known(colour: dict[str, object], shown: str) -> None:
    from openpyxl.styles.colors import Color

    book = package_of(A1=PatternFill("solid", fgColor=Color(**colour)))  # type: ignore[arg-type]
    sheet = book.sheets["Sheet"]
    near = book.styles.colour(sheet.style((0, 0)))
    assert all(
        abs(int(near[at : at + 2], 16) - int(shown[at : at + 2], 16)) <= 1 for at in (0, 2, 4)
    ), near
    assert book.styles.colour(sheet.style((8, 25))) == NO_COLOUR


def test_a_pattern_has_no_colour_to_put_back() -> None:
    book = package_of(A1=PatternFill("darkGrid", fgColor="FFABCDEF"))
    assert book.styles.colour(book.sheets["Sheet"].style((0, 0))) == ""


def test_new_cells_stand_in_their_order_and_take_the_format_of_their_row_or_column() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for ref in ("B2", "E2", "B5"):
        sheet[ref] = 1
    sheet.column_dimensions["D"].fill = PatternFill("solid", fgColor="FF00FF00")
    stream = io.BytesIO()
    book.save(stream)
    package = Package(stream.getvalue())
    part = WorkbookPart(package)
    changed = part.sheets["Sheet"]
    for ref in ("D2", "A2", "F2", "C3", "A9", "C1"):
        changed.write_text(position(ref), f"={ref}")
    assert part.styles.colour(changed.style(position("D2"))) == "00FF00"
    read = opened(package.save())["Sheet"]
    found = {cell.coordinate: cell.value for row in read for cell in row if cell.value is not None}
    texts = {ref: f"={ref}" for ref in ("D2", "A2", "F2", "C3", "A9", "C1")}
    assert found == {"B2": 1, "E2": 1, "B5": 1} | texts
    assert read["D2"].data_type == "s" and read.calculate_dimension() == "A1:F9"
    order = re.findall(r'<c r="(\w+)"', unpacked(package.save())[changed.part].decode())
    assert order == sorted(order, key=position)


def test_comments_come_and_go_with_their_boxes() -> None:
    book = package_of()
    sheet = book.sheets["Sheet"]
    change_notes(sheet, {(0, 0): CellComment("甲", "一"), (1, 1): CellComment("乙", "二")})
    once = book.package.save()
    second = WorkbookPart(Package(once))
    change_notes(second.sheets["Sheet"], {(0, 0): None, (2, 2): CellComment("乙", "三")})
    found = notes_of(second.sheets["Sheet"])
    assert {at: (note.author, note.text) for at, note in found.items()} == {
        (1, 1): ("乙", "二"),
        (2, 2): ("乙", "三"),
    }
    drawing = next(v for k, v in unpacked(second.package.save()).items() if k.endswith(".vml"))
    assert re.findall(rb"<x:Row>(\d+)<", drawing) == [b"1", b"2"]
    last = WorkbookPart(Package(second.package.save()))
    change_notes(last.sheets["Sheet"], {(1, 1): None, (2, 2): None})
    left = unpacked(last.package.save())
    assert not [name for name in left if "comments" in name or name.endswith(".vml")]
    assert b"legacyDrawing" not in left[last.sheets["Sheet"].part]
    assert opened(last.package.save()).sheetnames == ["Sheet"]


@pytest.mark.parametrize(
    ("area", "row", "then"),
    [
        ("A1:E15", 14, "'Sheet'!$A$1:$E$15"),
        ("A1:E15", 16, "'Sheet'!$A$1:$E$17"),
        ("A1:E15,G1:H3", 9, "'Sheet'!$A$1:$E$15,'Sheet'!$G$1:$H$3"),
        ("A1:E15,G1:H3", 16, "'Sheet'!$A$1:$E$17,'Sheet'!$G$1:$H$3"),
        (None, 16, ""),
    ],
)
def test_a_print_area_reaches_down_to_the_rows_added(area: str, row: int, then: str) -> None:
    book = openpyxl.Workbook()
    book.active.print_area = area
    book.create_sheet("乙").print_area = "A1:B2"
    stream = io.BytesIO()
    book.save(stream)
    part = WorkbookPart(Package(stream.getvalue()))
    part.print_to("Sheet", row)
    read = opened(part.package.save())
    assert (read["Sheet"].print_area, read["乙"].print_area) == (then, "'乙'!$A$1:$B$2")


def test_a_row_gets_higher_and_never_lower() -> None:
    book = openpyxl.Workbook()
    for row, height in ((1, 60), (2, 20)):
        book.active.row_dimensions[row].height = height
    stream = io.BytesIO()
    book.save(stream)
    part = WorkbookPart(Package(stream.getvalue()))
    for row in range(3):
        part.sheets["Sheet"].raise_height(row, 36)
    read = opened(part.package.save())["Sheet"].row_dimensions
    assert [read[row].height for row in (1, 2, 3)] == [60, 36, 36]


def test_names_of_single_sheets_follow_them() -> None:
    book = openpyxl.Workbook()
    for name in ("甲", "乙"):
        book.create_sheet(name).print_title_rows = "1:2"
    stream = io.BytesIO()
    book.save(stream)
    part = WorkbookPart(Package(stream.getvalue()))
    part.remove_sheet("甲")
    part.add_first_sheet(
        "新", f'<worksheet xmlns="{SPREADSHEET}"><sheetData/></worksheet>'.encode(), "$3:$3"
    )
    read = opened(part.package.save())
    assert read.sheetnames == ["新", "Sheet", "乙"] and read.active.title == "新"
    assert (
        read["新"].print_title_rows,
        read["Sheet"].print_title_rows,
        read["乙"].print_title_rows,
    ) == (
        "$3:$3",
        None,
        "$1:$2",
    )


def test_text_that_looks_like_an_escape_stays_text() -> None:
    assert clean("_x0041_ a\x07b _x41_") == "_x005F_x0041_ a b _x41_"


def test_a_file_that_is_no_package() -> None:
    for data in (b"", b"PK\3\4", b"x" * 99):
        with pytest.raises(Unpatchable):
            Package(data)
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("a", "b")
    with pytest.raises(Unpatchable):
        WorkbookPart(Package(empty.getvalue()))


def test_the_same_input_gives_the_same_bytes() -> None:
    data, submission, report = example()
    assert annotate(data, submission, report, FORM) == annotate(data, submission, report, FORM)


# ------------------------------------------------------------------------------- other programs


@office
def test_what_libreoffice_saved(tmp_path: Path) -> None:
    for path in resaved(SAMPLES[::9], tmp_path):
        check_copy(path.read_bytes())


@office
def test_libreoffice_opens_what_was_patched(tmp_path: Path) -> None:
    """With every sheet and every comment."""
    copies = {"rich": rich(), "strict": strict(example()[0]), "openpyxl": saved(lambda book: None)}
    paths = []
    for name, data in copies.items():
        submission, report = examined(data)
        paths.append(tmp_path / f"{name}.xlsx")
        paths[-1].write_bytes(annotate(data, submission, report, FORM))
    converted("xlsx:Calc MS Excel 2007 XML", paths, tmp_path / "out")
    for path in paths:
        opened = openpyxl.load_workbook(tmp_path / "out" / path.name)
        assert opened.sheetnames[0] == OPINION_SHEET
        found = {
            (sheet.title, cell.coordinate)
            for sheet in opened
            for row in sheet.iter_rows()
            for cell in row
            if cell.comment
        }
        assert {tuple(f.place) for f in example()[2].findings} <= found


# ----------------------------------------------------------------------------- what must not travel


def dangerous() -> tuple[bytes, Submission, Report]:
    """The example with macros, an ActiveX control, another workbook, and links of every kind."""
    data, submission, report = example()
    parts = unpacked(data)
    sheet = WorkbookPart(Package(data)).sheets[report.findings[0].place.sheet].part
    folder, _, file = sheet.rpartition("/")
    rels = "xl/_rels/workbook.xml.rels"
    sheet_rels = f"{folder}/_rels/{file}.rels"
    microsoft = "http://schemas.microsoft.com/office/2006/relationships"

    def related(part: str, *lines: str) -> None:
        listed = parts.get(part, f'<Relationships xmlns="{PACKAGE}"></Relationships>'.encode())
        inside = "".join(f"<Relationship {line}/>" for line in lines) + "</Relationships>"
        parts[part] = listed.replace(b"</Relationships>", inside.encode())

    related(
        rels,
        f'Id="rIdM" Type="{microsoft}/vbaProject" Target="vbaProject.bin"',
        f'Id="rIdE" Type="{RELATIONS}/externalLink" Target="externalLinks/externalLink1.xml"',
    )
    related(
        "xl/externalLinks/_rels/externalLink1.xml.rels",
        f'Id="rId1" Type="{RELATIONS}/externalLinkPath" Target="file:///\\\\evil.test\\a\\预算.xlsx" '
        'TargetMode="External"',
    )
    related(
        sheet_rels,
        f'Id="rIdA" Type="{RELATIONS}/control" Target="../activeX/activeX1.xml"',
        *(
            f'Id="rIdL{number}" Type="{RELATIONS}/hyperlink" Target="{target}" '
            'TargetMode="External"'
            for number, target in enumerate(LINKS)
        ),
    )
    related(
        "xl/activeX/_rels/activeX1.xml.rels",
        f'Id="rId1" Type="{microsoft}/activeXControlBinary" Target="activeX1.bin"',
    )
    namespaces = f'xmlns:r="{RELATIONS}" xmlns:mc="{MARKUP}"'
    controls = (
        f'<mc:AlternateContent {namespaces}><mc:Choice Requires="x14"><controls>'
        '<control shapeId="1" r:id="rIdA" name="a"/></controls></mc:Choice></mc:AlternateContent>'
    )
    formulas = (
        '<row r="900"><c r="A900" t="str"><f>HYPERLINK("file:///c:/x.exe","点")</f><v>点</v></c>'
        '<c r="B900" t="str"><f>HYPERLINK("#甲!A1","回")</f><v>回</v></c></row></sheetData>'
    )
    xml = parts[sheet].decode().replace("</sheetData>", formulas)
    parts[sheet] = xml.replace("</worksheet>", controls + "</worksheet>").encode()
    plain = f"{TYPES}.spreadsheetml.sheet.main+xml".encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    more = {
        "xl/vbaProject.bin": b"x",
        "xl/activeX/activeX1.xml": b"<a/>",
        "xl/activeX/activeX1.bin": b"x",
    }
    book = f'<externalLink xmlns="{SPREADSHEET}"><externalBook/></externalLink>'.encode()
    more["xl/externalLinks/externalLink1.xml"] = book
    return repacked_with(data, parts | more), submission, report


PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MARKUP = "http://schemas.openxmlformats.org/markup-compatibility/2006"
LINKS = {
    "https://www.example.cn/a": True,
    "mailto:a@example.cn": True,
    "附件1.docx": True,
    "file:///c:/windows/system32/calc.exe": False,
    "https://www.example.cn/a.exe?x=1": False,
    "工具.bat": False,
    "//evil.test/share/x.docx": False,
    "javascript:alert(1)": False,
}


def test_nothing_that_starts_or_fetches_something_travels() -> None:
    data, submission, report = dangerous()
    new = unpacked(annotate(data, submission, report, FORM))
    whole = b"".join(new.values()).decode("utf-8", "replace")
    assert not [name for name in new if "vbaProject" in name or "activeX" in name]
    for word in ("vbaProject", "activeX", "macroEnabled", "evil.test", "<control ", "c:/x.exe"):
        assert not [
            n
            for n, part in new.items()
            if word in part.decode("utf-8", "replace") and "sheetJ" not in n
        ], word
    assert 'updateLinks="never"' in whole and 'HYPERLINK("#甲!A1"' in whole
    for target, kept in LINKS.items():
        assert (f'Target="{target}"' in whole) is kept, target
    page = opened(annotate(data, submission, report, FORM))[OPINION_SHEET]
    said = "".join(str(row[0]) for row in page.iter_rows(values_only=True))
    for words in ("宏没有带上", "ActiveX 控件（1 个）", "预算.xlsx", "calc.exe", "公式已换成"):
        assert words in said, words
