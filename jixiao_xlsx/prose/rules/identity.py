"""NAR110, NAR111: another body's name or year, and remains of a template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jixiao_xlsx.checking.bases import OWN_REPORT
from jixiao_xlsx.checking.offices import other_office
from jixiao_xlsx.checking.rule import Looked, Observation, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Passage
from jixiao_xlsx.prose.language.vocabulary import Vocabulary
from jixiao_xlsx.prose.rules.absences import alternatives, flag_passage, short_quote
from jixiao_xlsx.prose.rules.figures import NO_REPORT
from jixiao_xlsx.prose.statements import ReportStatements
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, tidy

_REPORT_YEAR = re.compile(
    r"(20\d\d)年(?:度)?(?!\d)(?=(?:[^，,。;:年]{0,12})?(?:部门)?(?:\(?单位\)?)?整体支出(?:绩效|进行|开展|情况)"
    r"|[^，,。;:年]{0,4}部门整体评价)"
)
_PERIOD = re.compile(
    r"评价(?:范围|时段|期间|所属期|对象)(?:为|是|:)?(?P<year>20\d\d)年(?:度|1月(?:1日|份)"
    r"?[-—~至到]+(?:(?P=year)年)?12月(?:31日|份|底)?)"
)
_SUBJECTS_AFTER = r"(?![内里外门分理公事好学案托派员落线有在属以伍对会区部限面价来议同计务市县省])"


@rule(
    "NAR110",
    "正文写的不是本单位或本年度",
    severity=Severity.ERROR,
    basis=OWN_REPORT,
    relations=("C69",),
)
def another_body(evidence: ProseEvidence) -> Iterator[Observation]:
    """评价年度写成别的年度；自称“我办”“我局”而单位不是办、局，多半是从别处复制来的。Word 报告的页眉、页脚、脚注也看。

    改法：改成本单位、本年度；整段沿用别处的，换成自己的内容。
    """
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None:
        yield Skipped(NO_REPORT)
        return
    year, department = evidence.submission.year, tidy(evidence.submission.department)
    captions = {
        table.heading.place
        for document in evidence.submission.documents
        for table in document.tables
        if table.heading
    }
    for source in statements.passages:
        yield Looked(1)
        for match in (*_REPORT_YEAR.finditer(source.folded), *_PERIOD.finditer(source.folded)):
            before = source.folded[max(match.start() - 6, 0) : match.start()]
            after = re.split(r"[。\n]", source.folded[match.end() :])[0]
            sentence = re.split(r"[。\n]", source.folded[: match.start()])[-1] + after
            if statements.scope(source, match.start()).foreign:
                continue
            if (
                year
                and int(match[1]) != year
                and not _looks_back(before, after, f"{year}年" in sentence)
            ):
                end = match.end() + len(
                    re.split(r"[，,。;:]", source.folded[match.end() : match.end() + 10])[0]
                )
                words = f"正文写“{short_quote(source.text[match.start() : end])}”，评价年度是 {year} 年。"
                yield flag_passage(
                    source, match.start(), end, "评价年度", words, "请改正。", expected=f"{year}年"
                )
        if source.place not in captions:  # of a Word table: STR107 reads it
            yield from _wrong_name(source, department, evidence)
        yield from _wrong_self(source, department, vocabulary)
        if source.aside:
            yield from _wrong_margin(source, department)
    yield from _borrowed_name(evidence, statements, vocabulary)


_NAMED_REPORT = re.compile(
    r"(?P<name>[\u4e00-\u9fa5]{2,16}?(?:局|委员会|办公室|中心|人民政府|委|办|院|校|学|馆|站|会|镇|乡|街道))"
    r"(?:关于)?20\d\d年度?(?=部门(?:\(单位\))?整体支出|单位整体支出|整体支出|部门整体)"
)


_PLACE = re.compile(r"^.{1,6}?[省市县区州旗](?=.{2,})")
_TABLE_TITLE = re.compile(
    r"(?:^|\n)\s*20\d\d年度?(?P<name>[\u4e00-\u9fa5]{2,16}?(?:局|委员会|办公室|中心|人民政府|办事处|镇|乡|学校|"
    r"馆|院))[\u4e00-\u9fa5]{2,14}表(?=\s*(?:\(|\n|$))"
)


_CALLED_OURS = re.compile(
    r"(?P<name>[\u4e00-\u9fa5]{2,16}(?:局|委员会|办公室|中心|人民政府|办事处|学校|馆|院|委|镇|乡))\((?:以下(?:简)"
    r"?称[“\"]?)?(?:我|本)(?:单位|部门|[\u4e00-\u9fa5])[”\"]?\)"
    r"|(?:(?:我|本)(?:单位|部门)|(?<![给对向为自])我)(?P<named>(?!局|办|委|院|校|馆|站|镇|乡|会|中心|部门|单位|所属|下属|"
    r"下设|直属|主管|各)[^\W\d对和与及的向为、]{1,6}[省市县区州旗][\u4e00-\u9fa5]{1,8}?(?:局|委员会|办公室|"
    r"中心|人民政府|办事处|学校|馆|院))(?=为|是|系|负责|承担|主要|现有|共有|内设|20\d\d年|[，,（(])"
)  # “某局（以下简称“我局”）”, “本单位某局是……”


def _is_own(name: str, department: str) -> bool:
    """Return whether a name is the department's, or may be another way to write it."""
    return (
        department.endswith(name)
        or name.endswith(department)
        or name in department
        or _alike(name, department)
    )


def _alike(name: str, department: str) -> bool:
    """Return whether one name may be another way to write the other: no other place, and most
    letters the same.
    """
    one, other = (_PLACE.match(text) for text in (name, department))
    if (
        one
        and other
        and not (one.group().endswith(other.group()) or other.group().endswith(one.group()))
    ):
        return False
    bare, own = _PLACE.sub("", name), _PLACE.sub("", department)
    return len(set(bare) & set(own)) * 3 >= len(set(own)) * 2


_DESCRIBED = re.compile(
    r"(?:^|\n)\s*(?P<name>[\u4e00-\u9fa5]{2,16}?(?:局|委员会|办公室|中心|人民政府|办事处|学校|馆|院))(?:为|是|"
    r"系)[^，。;]{0,16}(?:部门|单位|机构)"
)


_OPENS = re.compile(
    r"(?:^|\n)\s*(?P<name>[\u4e00-\u9fa5]{1,6}?[省市县区州旗][\u4e00-\u9fa5]{1,14}?(?:局|委员会|"
    r"办公室|中心|人民政府|办事处|学校|馆|院))(?=20\d\d年|核定|编制|现有|全年)[^\n]*"
)  # “某某局 2023 年编制 42 人……全年支出 1075.76 万元”


def _own_figures(evidence: ProseEvidence) -> tuple[str, ...]:
    """Return the total and the score as they are written; a passage with them is about this
    department.
    """
    total, vocabulary = evidence.role("self_total"), evidence.vocabulary
    whole = vocabulary.subjects.whole if vocabulary and vocabulary.subjects else ""
    spent = [
        f"{plain(figure.atoms / atoms_per('万元'), 2)}万元"
        for figure in evidence.table_figures.of(whole, "execution")
    ]
    return tuple(filter(None, (f"{total.text}分" if total and total.number else "", *spent)))


def _wrong_name(source: Passage, department: str, evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield another office's name in the title of the report: “某某局 2023 年度部门整体支出绩效评价报告”.

    A bureau may evaluate others within a sentence.
    """
    for match in _NAMED_REPORT.finditer(source.folded):
        name = re.split("现将|对|关于|开展|组织|完成|汇总|审核", match["name"])[-1]
        own = _is_own(name, department)
        sentence = re.split(r"[。\n]", source.folded[match.end() :])[0]
        title = source.folded[: match.start("name")].rpartition("\n")[
            2
        ].strip() == "" and sentence.endswith(("报告", "表"))
        itself = ("自评" in sentence and "如下" in sentence) or any(
            figure in sentence for figure in _own_figures(evidence)
        )
        if department and len(name) > 2 and not own and (title or itself):
            start = match.end("name") - len(name)
            words = (
                f"正文写的单位与填报单位“{department}”不一致。"
                "请核对；从别处沿用的文字，请换成本单位的。"
            )
            yield flag_passage(source, start, match.end(), "部门名称", words, expected=department)
            return
    patterns = (_TABLE_TITLE, _DESCRIBED, _CALLED_OURS, _OPENS)
    for match in (match for pattern in patterns for match in pattern.finditer(source.folded)):
        group = "name" if match["name"] else "named"
        name = match[group]
        own = _is_own(name, department) or bool(re.search("所属|下属|下设|直属", name))
        if match.re is _OPENS:
            ours = department in match.group() or re.search(
                "我[^们]|本[局办委院校]|本单位|本部门", match.group()
            )
            own = (
                own
                or bool(ours)
                or not any(figure in match.group() for figure in _own_figures(evidence))
            )
        if department and not own:
            words = (
                f"正文写的单位与填报单位“{department}”不一致。"
                "请核对；从别处沿用的文字或表，请换成本单位的。"
            )
            start = match.start() if group == "named" else match.start("name")
            end = match.end("name") if match.re is _OPENS else match.end()
            yield flag_passage(source, start, end, "部门名称", words, expected=department)
            return


_OFFICE = re.compile(
    r"\s*(?P<name>[\u4e00-\u9fa5]{1,10}[省市县区州旗][\u4e00-\u9fa5]{1,14}?(?:局|委员会|办公室|中心|"
    r"人民政府|办事处|学校|医院|馆|院))\s*"
)


def _wrong_margin(source: Passage, department: str) -> Iterator[Observation]:
    """Yield a header that is only another office's name; it may be the office that asked for the
    report.
    """
    match = _OFFICE.fullmatch(source.folded)
    if match and department and not _is_own(match["name"], department):
        words = f"{source.title}写的单位与填报单位“{department}”不一致。"
        yield flag_passage(
            source,
            match.start("name"),
            match.end("name"),
            "部门名称",
            words,
            "是要求报送的单位的，不用改；从别处沿用的，请改正。",
            expected=department,
            severity=Severity.NOTE,
        )


def _looks_back(before: str, after: str, both_years: bool) -> bool:
    """Return whether another year's evaluation is meant: compared with, its results put to use,
    done in this year.
    """
    return both_years or bool(
        re.search(r"上年|去年|较|比|以来|自", before)
        or re.search(r"整改|结果|发现|问题|应用", after)
    )


@cache
def _self_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?<![自你])我({alternatives(words)}){_SUBJECTS_AFTER}")


def _wrong_selves(source: Passage, department: str, vocabulary: Vocabulary) -> list[re.Match[str]]:
    """Return every “我办” of a department that is none."""
    if not vocabulary.selves or not department:
        return []
    matches = _self_pattern(tuple(vocabulary.selves)).finditer(source.folded)
    return [
        m
        for m in matches
        if not department.endswith(vocabulary.selves[m[1]]) and m[1] not in department[-4:]
    ]


def _wrong_self(source: Passage, department: str, vocabulary: Vocabulary) -> Iterator[Observation]:
    wrong = _wrong_selves(source, department, vocabulary)
    if wrong:
        first = wrong[0]
        end = min(first.end() + 6, len(source.text))
        end = first.start() + len(re.split(r"[，,。;:]", source.folded[first.start() : end])[0])
        words = f"正文自称“{first.group()}”，填报单位是“{department}”。"
        yield flag_passage(
            source,
            first.start(),
            end,
            first.group(),
            words,
            "请核对是否沿用了别处的文字。",
            expected="我单位",
            count=len(wrong),
            severity=Severity.WARNING,
        )


_OF_THE_WHOLE = r"(?=所有|全部|全体|各项|领导|班子|党组|党委|职工|经费|财务|资产|资金|[订制]有|《)"
_BEFORE = r"(?:(?<![\u4e00-\u9fa5])|(?<=制定)|(?<=执行)|(?<=[及和与并由经按对为在]))"


def _borrowed_name(
    evidence: ProseEvidence, statements: ReportStatements, vocabulary: Vocabulary
) -> Iterator[Observation]:
    """Yield another body's name in “办公室所有经费开支”, where “我办” or a table of “县政府办公室” shows it.

    Alone, 办公室 is the department's own office.
    """
    department = tidy(evidence.submission.department)
    offices: dict[str, str] = {}
    for source in statements.passages:
        for match in _wrong_selves(source, department, vocabulary):
            offices.update(
                {name: match.group() for name in vocabulary.selves[match[1]] if len(name) > 2}
            )
    for other in _other_offices(evidence, department):
        offices.update(
            {
                name: other
                for names in vocabulary.selves.values()
                for name in names
                if len(name) > 2 and other.endswith(name)
            }
        )
    names = [name for name in offices if not department.endswith(name)]
    if not names:
        return
    pattern = re.compile(f"{_BEFORE}(?P<name>{alternatives(tuple(names))}){_OF_THE_WHOLE}")
    for sheet in dict.fromkeys(source.place.sheet for source in statements.passages):
        sources = (source for source in statements.passages if source.place.sheet == sheet)
        matches = [
            (source, match) for source in sources for match in pattern.finditer(source.folded)
        ]
        if not matches:
            continue
        source, match = matches[0]
        end = match.end() + len(
            re.split(r"[，,。;:\n]", source.folded[match.end() : match.end() + 14])[0]
        )
        quote = short_quote(source.text[match.start() : end])
        times = f"等 {len(matches)} 处" if len(matches) > 1 else ""
        words = (
            f"正文“{quote}”{times}里的“{match['name']}”，像是别的单位的（别处也写了它），"
            f"填报单位是“{department}”。"
        )
        yield flag_passage(
            source,
            match.start(),
            end,
            match["name"],
            words,
            "确是本单位内设机构的不用改，否则请改正。",
            expected="本单位",
            count=len(matches),
            severity=Severity.NOTE,
            related=tuple(one.place for one, _ in matches[1:]),
        )


def _other_offices(evidence: ProseEvidence, department: str) -> Iterator[str]:
    """Yield the offices that titles of tables name, of the workbook and of the reports, where they
    should name the department.
    """
    tables = [
        *evidence.submission.tables.values(),
        *(table for document in evidence.submission.documents for table in document.tables),
    ]
    for table in tables:
        form = evidence.template.table[table.name]
        if (
            department
            and form.heading_names_department
            and table.heading is not None
            and not table.heading.blank
        ):
            yield other_office(table.heading.text, department, form.heading)


# ---------------------------------------------------------------------------------------- leftovers


@rule("NAR111", "模板残留", severity=Severity.ERROR, basis=OWN_REPORT, relations=("C69",))
def leftovers(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文里还留着占位符（XX）、没有选定的“增加（减少）”或填写提示（100字以内）。

    改法：换成实际内容，或删去。
    """
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None:
        yield Skipped(NO_REPORT)
        return
    for source in statements.passages:
        yield Looked(1)
        for title, pattern in vocabulary.leftovers:
            matches = list(pattern.finditer(source.folded))
            if matches:
                match = matches[0]
                start, end = max(match.start() - 8, 0), min(match.end() + 8, len(source.text))
                start += len(source.folded[start : match.start()]) - len(
                    re.split(r"[，,。;:\n]", source.folded[start : match.start()])[-1]
                )
                end = match.end() + len(
                    re.split(r"[，,。;:\n]", source.folded[match.end() : end])[0]
                )
                words = f"正文“{short_quote(source.text[start:end])}”是模板里的{title}，没有改成实际内容。"
                yield flag_passage(
                    source,
                    start,
                    end,
                    title,
                    words,
                    "请填写。",
                    expected="实际内容",
                    count=len(matches),
                )
