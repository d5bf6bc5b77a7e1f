"""Reports as PDF: the text that a .docx has, scans and broken fonts told, no tables."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from office import office

import jixiao_xlsx as jx
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.word import pdf
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.reading.word.pdf import read_pdf

pypdf = pytest.importorskip("pypdf")
SAMPLES = Path(__file__).parents[2] / "samples"
INBOX = SAMPLES / "inbox"
WATER = INBOX / "水务局绩效自评表(1).xlsx", INBOX / "县水务局绩效评价报告.docx"
FORM = find_template()


def drawn(*pages: str, unicode: bool = True) -> bytes:
    """A PDF with a line of text for every line given; without `unicode`, as a font that says
    nothing of its letters.
    """
    letters = sorted(set("".join(pages)))
    code = {letter: at + 1 for at, letter in enumerate(letters)}
    maps = "".join(f"<{code[one]:04x}> <{ord(one):04x}>\n" for one in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /X def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{maps}endbfchar endcmap end"
    )
    kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H"
        " /DescendantFonts [4 0 R]" + (" /ToUnicode 5 0 R >>" if unicode else " >>"),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X"
        " /CIDSystemInfo << /Registry (A) /Ordering (I) /Supplement 0 >> /DW 1000 >>",
        stream(cmap),
    ]
    for at, page in enumerate(pages):
        shown = "".join(
            f"<{''.join(f'{code[one]:04x}' for one in line)}> Tj 0 -20 Td\n"
            for line in page.splitlines()
        )
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * at} 0 R"
            " /Resources << /Font << /F 3 0 R >> >> >>",
            stream(f"BT /F 12 Tf 72 780 Td\n{shown}ET"),
        ]
    out, places = io.BytesIO(b"%PDF-1.5\n"), []
    out.seek(0, io.SEEK_END)
    for number, text in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    out.write(
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    )
    return out.getvalue()


def stream(text: str) -> str:
    data = zlib.compress(text.encode())
    head = f"<< /Length {len(data)} /Filter /FlateDecode >> stream"
    return f"{head}\n{data.decode('latin-1')}\nendstream"


TEXT = """青禾县水务局
2023年度部门整体支出绩效评价报告
一、部门概况
我局核定编制55人，年末在职52人，比上年末增加1人。年末公务用车2辆。全年预
算1393.46万元，全年支出1162.99万元，满意度
97.95%。
单位：万元
合计 1021.51 1393.46 555.27
二、评价结论
评价等级为优。
第 1 页"""


def test_lines_become_paragraphs_and_tables_are_left_out() -> None:
    texts = [one.text for one in read_pdf(drawn(TEXT)).paragraphs]
    assert texts == [
        "青禾县水务局",
        "2023年度部门整体支出绩效评价报告",
        "一、部门概况",
        "我局核定编制55人，年末在职52人，比上年末增加1人。年末公务用车2辆。"
        "全年预算1393.46万元，全年支出1162.99万元，满意度97.95%。",
        "单位：万元",
        "二、评价结论",
        "评价等级为优。",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (drawn(""), "扫描件"),
        (drawn("第 1 页"), "扫描件"),
        (drawn(TEXT)[:400], "损坏|扫描件"),
        (b"%PDF-1.7\n" + bytes(5000), "损坏|扫描件"),
        (drawn(TEXT, unicode=False), "乱码|扫描件"),
    ],
)
def test_what_has_no_text_is_told(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        read_pdf(data)
    assert refused.value.reason.startswith("PDF ")


def test_a_locked_one_is_told() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(drawn(TEXT)))
    writer.encrypt("1", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    with pytest.raises(Refused, match="密码"):
        read_pdf(target.getvalue())


def test_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MOST_PAGES", 2)
    with pytest.raises(Refused, match="3 页"):
        read_pdf(drawn(TEXT, TEXT, TEXT))


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(Refused, match="没有读它的部件"):
        read_pdf(drawn(TEXT))


def found(book: Path, report: bytes, name: str) -> set[tuple[str, str]]:
    submission = workbook.read(book, FORM)
    document = read_document(report, name, FORM)
    report_ = check(replace(submission, documents=(document,)), FORM)
    return {(one.code, one.reported) for one in report_.findings if one.place.sheet == name}


@office
@pytest.mark.office
def test_a_pdf_says_what_the_docx_says(tmp_path: Path) -> None:
    """Printed by LibreOffice: nothing more is found, and nothing of the text is missed."""
    from office import as_pdf

    for book, report in (WATER, *_written(tmp_path)):
        printed = as_pdf(report, tmp_path / "印").read_bytes()
        from_docx = found(book, report.read_bytes(), "报告")
        from_pdf = found(book, printed, "报告")
        assert from_pdf <= from_docx, report.name


def _written(folder: Path) -> list[tuple[Path, Path]]:
    """The reports that the tool itself writes for some of the samples."""
    pairs = []
    for book in sorted(INBOX.glob("*.xlsx"))[:3]:
        target = folder / f"{book.stem}.docx"
        jx.write_report(target, workbook.read(book, FORM))
        pairs.append((book, target))
    return pairs


def test_a_pdf_goes_with_its_workbook(tmp_path: Path) -> None:
    book = tmp_path / "表.xlsx"
    book.write_bytes(WATER[0].read_bytes())
    wrong = TEXT.replace("年末在职52人", "年末在职58人")
    (tmp_path / "评价报告.pdf").write_bytes(drawn(wrong))
    entries = {entry.file: entry for entry in check_files([tmp_path], template=FORM, jobs=1)}
    report = entries["表.xlsx"].report
    assert report and any(one.place.sheet == "评价报告.pdf" for one in report.findings)


def test_a_scan_beside_a_report_is_only_a_scan(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(WATER[0].read_bytes())
    (tmp_path / "评价报告.docx").write_bytes(WATER[1].read_bytes())
    (tmp_path / "评价报告（盖章扫描）.pdf").write_bytes(drawn(""))
    entries = {entry.file: entry for entry in check_files([tmp_path], template=FORM, jobs=1)}
    scan = entries["评价报告（盖章扫描）.pdf"]
    assert scan.reason.startswith("PDF 里没有文字") and not scan.report
    assert not entries["表.xlsx"].reason
