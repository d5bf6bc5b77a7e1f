"""The written report of a department (.docx), from a Word template that a county may edit."""

from __future__ import annotations

from jixiao_xlsx.form.find_template import file_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.output.word.report_figures import ReportFigures, ReportImpossible, template_context
from jixiao_xlsx.output.word.templates import filled

TITLE = "评价报告"


def report_document(figures: ReportFigures) -> bytes:
    """Return the report as .docx; the same input gives the same bytes.

    Raises ReportImpossible where the form has no Word template for it.
    """
    template = figures.evidence.template
    path = file_of(template.folder / "word", f"{TITLE}.docx")
    if not path.is_file():
        raise ReportImpossible(
            f"“{template.title}”没有报告的 Word 模板（word/{TITLE}.docx），不能生成报告。"
        )
    return filled(path, template_context(figures))


def report_file_name(figures: ReportFigures, template: Template) -> str:
    """Return “青禾县信访局2023年度部门（单位）整体支出绩效评价报告.docx”, safe as a file name."""
    submission = figures.evidence.submission
    year = f"{submission.year}年度" if submission.year else ""
    return f"{safe_name(f'{submission.department}{year}{template.title}报告')}.docx"
