"""The guard and the flags, on small parts written by hand: every legal oddity, and what must be
refused.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import pytest
import python_calamine as calamine

from jixiao_xlsx.intake import file_kinds
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.flags.ods_flags import read_ods_flags
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags
from jixiao_xlsx.reading.flags.xlsx_flags import read_xlsx_flags
from jixiao_xlsx.values.addresses import a1, position

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = f"""<styleSheet xmlns="{TRANSITIONAL}">
<numFmts count="3"><numFmt numFmtId="164" formatCode="0.0%"/>
<numFmt numFmtId="165" formatCode="0&quot;%&quot;"/>
<numFmt numFmtId="166" formatCode="0\\%"/></numFmts>
<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="164"/>
<xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>
<dxfs><dxf><numFmt numFmtId="167" formatCode="0%"/></dxf></dxfs>
</styleSheet>"""


def book(
    cells: str,
    *,
    after: str = "",
    namespace: str = TRANSITIONAL,
    state: str = "visible",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An .xlsx of one sheet “表” with these rows."""
    office = (
        OFFICE
        if namespace == TRANSITIONAL
        else "http://purl.oclc.org/ooxml/officeDocument/relationships"
    )
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.open'
        'xmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships(office, officeDocument="/xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": relationships(
            office, worksheet="worksheets/sheet1.xml", styles="styles.xml"
        ),
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{office}"><sheets>'
        f'<sheet name="表" sheetId="1" state="{state}" r:id="worksheet"/></sheets></workbook>',
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{namespace}"><sheetData>'
        f"{cells}</sheetData>{after}</worksheet>",
    } | dict(parts or {})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def relationships(office: str, **targets: str) -> str:
    links = "".join(
        f'<Relationship Id="{kind}" Type="{office}/{kind}" Target="{to}"/>'
        for kind, to in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'


def flags(data: bytes) -> SheetFlags:
    return read_xlsx_flags(data)["表"]


def values(data: bytes) -> list[list[object]]:
    sheet = calamine.CalamineWorkbook.from_object(io.BytesIO(data)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


# -------------------------------------------------------------------------------------------- flags


def test_formulas_errors_and_what_was_never_calculated() -> None:
    found = flags(
        book(
            '<row r="1"><c r="A1"><f>B1+1</f><v>2</v></c><c r="B1"><v>1</v></c><c r="C1">'
            '<f>1+1</f></c><c r="D1"><f>1+2</f><v></v></c>'
            '<c r="E1" t="str"><f>IF(1,"","")</f><v></v></c><c r="F1" t="e"><f>1/0</f><v>'
            '#DIV/0!</v></c><c r="G1" t="e"><v>#N/A</v></c>'
            '<c r="H1" t="str"><f> "a"&amp;"b" </f><v>ab</v></c></row>'
        )
    )
    assert found.formulas == {
        (0, 0): "B1+1",
        (0, 2): "1+1",
        (0, 3): "1+2",
        (0, 4): 'IF(1,"","")',
        (0, 5): "1/0",
        (0, 7): '"a"&"b"',
    }
    assert found.errors == {(0, 5): "#DIV/0!", (0, 6): "#N/A"}
    assert found.uncalculated == {(0, 2), (0, 3)}


def test_pretty_printed_parts_read_the_same() -> None:
    tidy = (
        '<row r="1"><c r="A1"><f>1/0</f></c><c r="B1" t="e"><v>#REF!</v></c><c r="C1"><v>3</v>'
        '</c><c r="D1"><f>2</f><v>2</v></c></row>'
    )
    found = flags(book(tidy.replace("><", ">\n  <")))
    assert found == flags(book(tidy))
    assert (
        found.errors == {(0, 1): "#REF!"}
        and found.uncalculated == {(0, 0)}
        and found.formulas[0, 3] == "2"
    )


def test_shared_formulas_carry_the_first_ones_text() -> None:
    found = flags(
        book(
            '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>1</v></c></row>'
            '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
        )
    )
    assert found.formulas == {(0, 0): "B1*2", (1, 0): "B1*2"} and not found.uncalculated


def test_percent_formats_by_style_not_by_quoted_signs() -> None:
    cells = "".join(
        f'<c r="{letter}1" s="{style}"><v>1</v></c>' for style, letter in enumerate("ABCDE")
    )
    assert flags(book(f'<row r="1">{cells}</row>')).percents == {(0, 1), (0, 2)}


def test_hidden_rows_merges_and_sheet_states() -> None:
    data = book(
        '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" hidden="0"/><row '
        'r="4" hidden="true"/>',
        after='<mergeCells><mergeCell ref="B2:C5"/></mergeCells><pageMargins left="0"/>',
        state="veryHidden",
    )
    assert flags(data).hidden_rows == {1, 3} and flags(data).merges == ((1, 1, 4, 2),)
    listed: list[tuple[str, bool]] = []
    read_xlsx_flags(data, lambda name, hidden: bool(listed.append((name, hidden))))
    assert listed == [("表", True)]


def test_formulas_of_formats_and_dropdowns_are_not_cells() -> None:
    after = (
        '<conditionalFormatting sqref="A1"><cfRule type="expression"><formula>1</formula>'
        "</cfRule></conditionalFormatting>"
        '<extLst><ext xmlns:xm="urn:xm"><xm:f>Sheet2!A1</xm:f></ext></extLst>'
    )
    assert flags(book('<row r="1"><c r="A1"><v>1</v></c></row>', after=after)) == SheetFlags()


def test_prefixes_strict_and_other_places_for_the_workbook() -> None:
    prefixed = (
        f'<x:worksheet xmlns:x="{TRANSITIONAL}"><x:sheetData><x:row r="1"><x:c r="A1" '
        's="1"><x:f>1</x:f><x:v>1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    found = flags(book("", parts={"xl/worksheets/sheet1.xml": prefixed}))
    assert found.formulas == {(0, 0): "1"} and found.percents == {(0, 0)}
    assert flags(
        book('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>', namespace=STRICT)
    ).errors == {(0, 0): "#REF!"}


def test_cells_without_addresses_stand_where_the_library_puts_them() -> None:
    data = book(
        "<row><c><f>1</f><v>1</v></c><c r='D1'><f>2</f><v>2</v></c><c><f>3</f><v>3</v></c>"
        "</row><row><c><f>4</f><v>4</v></c></row>"
        "<row r='7'><c><f>5</f><v>5</v></c></row>"
    )
    found = {place: float(text) for place, text in flags(data).formulas.items()}
    assert found == {
        (r, c): value
        for r, row in enumerate(values(data))
        for c, value in enumerate(row)
        if value != ""
    }


def test_only_the_wanted_sheets_are_scanned() -> None:
    data = book('<row r="1"><c r="XFD1048576"><v>1</v></c></row>')
    assert read_xlsx_flags(data, lambda name, hidden: False) == {}


@pytest.mark.parametrize("column", [0, 1, 25, 26, 27, 701, 702, 16383])
def test_addresses_there_and_back(column: int) -> None:
    assert position(a1(41, column)) == (41, column)


# ---------------------------------------------------------------------------------------- the guard


@pytest.mark.parametrize(
    "place", ["XFD1048576", "J1048576", "A1048576", "XFD1", "SR20000", "SS1", "A20001"]
)
def test_a_far_cell_is_refused_with_its_sheet_and_address(place: str) -> None:
    data = book(
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="{place}"><v>1</v></c></row>'
    )
    with pytest.raises(Refused) as refusal:
        read_xlsx_flags(data)
    assert "“表”" in refusal.value.reason and place in refusal.value.reason
    with pytest.raises(workbook.Unreadable, match=place):
        workbook.read_bytes(data, "远.xlsx")


def test_far_formats_without_content_are_no_harm() -> None:
    data = book(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert flags(data) == SheetFlags()
    assert values(data) == [[1.0]]


def test_a_lying_dimension_is_not_believed() -> None:
    sheet = (
        f'<worksheet xmlns="{TRANSITIONAL}"><dimension ref="A1:XFD1048576"/><sheetData><row '
        'r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    )
    data = book("", parts={"xl/worksheets/sheet1.xml": sheet})
    assert flags(data) == SheetFlags() and values(data) == [[1.0]]


@pytest.mark.parametrize(
    "part",
    [
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
        "xl/styles.xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
    ],
)
def test_a_doctype_is_refused_wherever_it_stands(part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(book('<row r="1"><c r="A1"><v>1</v></c></row>'))) as archive:
        plain = archive.read(part).decode()
    evil = f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>{plain}'
    with pytest.raises(Refused, match="DOCTYPE"):
        read_xlsx_flags(book("", parts={part: evil}))


def test_many_blank_formatted_rows_leave_no_flags() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 200_001))
    data = book(f'<row r="1"><c r="A1"><v>1</v></c></row>{rows}')
    assert flags(data) == SheetFlags()


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        with pytest.raises(Refused, match="解压后"):
            file_kinds.sniff(book("", parts={part: bytes(120 * 2**20)}))
    with pytest.raises(Refused, match="部件"):
        file_kinds.sniff(book("", parts={f"xl/x{n}.xml": b"" for n in range(2100)}))


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(book('<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 5000))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46  # its entry in the central directory
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 40)
    with pytest.raises(Refused, match="损坏"):
        read_xlsx_flags(bytes(data))


def test_parts_of_one_name_are_refused() -> None:
    with pytest.raises(Refused, match="同名"):
        file_kinds.sniff(book("", parts={"xl/Worksheets/Sheet1.xml": b""}))


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/worksheets/sheet1.xml": "<worksheet><sheetData>"},
        {"xl/worksheets/sheet1.xml": "not xml"},
        {"xl/workbook.xml": ""},
        {"xl/_rels/workbook.xml.rels": ""},
        {"xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="x"/></sheetData></worksheet>'},
        {
            "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="1"><c r="??"><v>'
            "1</v></c></row></sheetData>"
            "</worksheet>"
        },
    ],
)
def test_broken_parts_are_refused_in_words(parts: Mapping[str, str]) -> None:
    with pytest.raises(workbook.Unreadable) as refusal:
        workbook.read_bytes(book('<row r="1"><c r="A1"><v>1</v></c></row>', parts=parts), "坏.xlsx")
    assert refusal.value.reason


# --------------------------------------------------------------------------------------------- .ods


def spreadsheet(rows: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmln'
            's:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body>'
            "<office:spreadsheet>"
            f'<table:table table:name="表">{rows}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
    return stream.getvalue()


CELL = '<table:table-cell office:value-type="float" office:value="1"/>'


def test_an_ods_that_unfolds_to_a_whole_sheet_is_refused() -> None:
    wide = CELL.replace(" ", ' table:number-columns-repeated="16384" ', 1)
    blank = (
        '<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:n'
        'umber-columns-repeated="1024"/></table:table-row>'
    )
    read_ods_flags(spreadsheet(f"<table:table-row>{CELL}</table:table-row>{blank}"))
    for rows in (
        f"{blank}<table:table-row>{CELL}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="1048576">{CELL}</table:table-row>',
        f"<table:table-row>{wide}</table:table-row>",
    ):
        with pytest.raises(Refused, match="“表”"):
            read_ods_flags(spreadsheet(rows))
