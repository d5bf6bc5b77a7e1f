"""Other offices that a heading or a report names where it should name the department."""

from __future__ import annotations

import re

from jixiao_xlsx.values.text import tidy

_KINDS = "局|委|办|办公室|中心|院|站|队|所|馆|会|部|处|校|学校|医院|镇|乡|街道|园区|公司"


def other_office(heading: str, department: str, printed: str) -> str:
    """Return the office a heading names; "" where it names none or this one.

    `printed` is the form's own heading.
    """
    text, own = tidy(heading), tidy(department)
    if own in text:
        return ""
    fixed = [tidy(part) for part in re.split(r"\{year\}|\{department\}|年度", printed) if part]
    text = re.sub(r"20\d\d年度?", "", text)
    for part in fixed:
        text = text.replace(part, "")
    text = re.sub(r"\(?部门\(?单位\)?\)?", "", text).strip("()_- ")
    if not re.search(rf"({_KINDS})$", text) or own.endswith(text) or text.endswith(own):
        return ""
    return text
