"""NAR110–112: somebody else's name or year, what was left of a template, names that are not the official ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jixiao_xlsx.amounts import atoms_per, plain, tidy
from jixiao_xlsx.model import Severity, Skipped
from jixiao_xlsx.narrative.clauses import Passage
from jixiao_xlsx.narrative.vocabulary import Vocabulary
from jixiao_xlsx.rules import Desk, Looked, Saw, rule
from jixiao_xlsx.rules.narrative import MISSING
from jixiao_xlsx.rules.prose import OWN, any_of, at, quoted

_REPORT_YEAR = re.compile(
    r"(20\d\d)年(?:度)?(?=(?:[^，,。;:年]{0,12})?(?:部门)?(?:\(?单位\)?)?整体支出(?:绩效|进行|情况)|[^，,。;:年]{0,4}部门整体评价)"
)
_SUBJECTS_AFTER = r"(?![内里外门分理公事好学案托派员落线有在属以伍对会区部限面价来议同计务市县省])"


@rule("NAR110", "正文写的不是本单位或本年度", severity=Severity.ERROR, basis=OWN, relations=("C69",))
def somebody_else(desk: Desk) -> Iterator[Saw]:
    """评价年度写成别的年度；自称“我办”“我局”而单位不是办、局，多半是从别处复制来的。

    改法：改成本单位、本年度；整段照抄的，换成自己的内容。
    """
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR110", MISSING)
        return
    year, department = desk.submission.year, tidy(desk.submission.department)
    captions = {table.heading.place for document in desk.submission.documents for table in document.tables if table.heading}
    for source in story.passages:
        yield Looked(1)
        for match in _REPORT_YEAR.finditer(source.folded):
            before = source.folded[max(match.start() - 6, 0) : match.start()]
            after = re.split(r"[。\n]", source.folded[match.end() :])[0]
            sentence = re.split(r"[。\n]", source.folded[: match.start()])[-1] + after
            if story.scope(source, match.start()).foreign:
                continue
            if year and int(match[1]) != year and not _looks_back(before, after, f"{year}年" in sentence):
                end = match.end() + len(re.split(r"[，,。;:]", source.folded[match.end() : match.end() + 10])[0])
                words = f"正文写“{quoted(source.text[match.start() : end])}”，评价年度是 {year} 年。请改正。"
                yield at(source, match.start(), end, "评价年度", words, expected=f"{year}年")
        if source.place not in captions:  # of a Word table: STR107 reads it
            yield from _wrong_name(source, department, _own_figures(desk))
        yield from _wrong_self(source, department, known)


_NAMED_REPORT = re.compile(
    r"(?P<name>[\u4e00-\u9fa5]{2,16}?(?:局|委员会|办公室|中心|人民政府|委|办|院|校|学|馆|站|会|镇|乡|街道))"
    r"(?:关于)?20\d\d年度?(?=部门(?:\(单位\))?整体支出|单位整体支出|整体支出|部门整体)"
)


_PLACE = re.compile(r"^.{1,6}?[省市县区州旗](?=.{2,})")
_TABLE_TITLE = re.compile(
    r"(?:^|\n)\s*20\d\d年度?(?P<name>[\u4e00-\u9fa5]{2,16}?(?:局|委员会|办公室|中心|人民政府|办事处|镇|乡|学校|馆|院))[\u4e00-\u9fa5]{2,14}表(?=\s*(?:\(|\n|$))"
)


def _alike(name: str, department: str) -> bool:
    """Whether one name may be another way to write the other: no other place, and most letters the same."""
    one, other = (_PLACE.match(text) for text in (name, department))
    if one and other and not (one.group().endswith(other.group()) or other.group().endswith(one.group())):
        return False
    bare, own = _PLACE.sub("", name), _PLACE.sub("", department)
    return len(set(bare) & set(own)) * 3 >= len(set(own)) * 2


_DESCRIBED = re.compile(
    r"(?:^|\n)\s*(?P<name>[\u4e00-\u9fa5]{2,16}?(?:局|委员会|办公室|中心|人民政府|办事处|学校|馆|院))(?:为|是|系)[^，。;]{0,16}(?:部门|单位|机构)"
)


def _own_figures(desk: Desk) -> tuple[str, ...]:
    """The total and the score as they are written: whoever tells them tells of this department."""
    total, known = desk.role("self_total"), desk.vocabulary
    whole = known.subjects.whole if known and known.subjects else ""
    spent = [f"{plain(yard.atoms / atoms_per('万元'), 2)}万元" for yard in desk.yards.of(whole, "execution")]
    return tuple(filter(None, (f"{total.text}分" if total and total.number else "", *spent)))


def _wrong_name(source: Passage, department: str, own_figures: tuple[str, ...]) -> Iterator[Saw]:
    """“某某局 2023 年度部门整体支出绩效评价报告” in another office's report; a bureau may well evaluate others in a sentence."""
    for match in _NAMED_REPORT.finditer(source.folded):
        name = re.split("对|关于|开展|组织|完成|汇总|审核", match["name"])[-1]
        own = department.endswith(name) or name.endswith(department) or name in department or _alike(name, department)
        sentence = re.split(r"[。\n]", source.folded[match.end() :])[0]
        title = source.folded[: match.start("name")].rpartition("\n")[2].strip() == "" and sentence.endswith(("报告", "表"))
        itself = ("自评" in sentence and "如下" in sentence) or any(figure in sentence for figure in own_figures)
        if department and len(name) > 2 and not own and (title or itself):
            start = match.end("name") - len(name)
            words = f"正文写的是“{name}”，填报单位是“{department}”。请核对是否误用了别的单位的文字。"
            yield at(source, start, match.end(), "部门名称", words, expected=department)
            return
    for match in (*_TABLE_TITLE.finditer(source.folded), *_DESCRIBED.finditer(source.folded)):
        name = match["name"]
        own = department.endswith(name) or name.endswith(department) or name in department or _alike(name, department)
        if department and not own:
            words = f"正文写的是“{name}”，填报单位是“{department}”。请核对是否误用了别的单位的文字或表。"
            yield at(source, match.start("name"), match.end(), "部门名称", words, expected=department)


def _looks_back(before: str, after: str, both_years: bool) -> bool:
    """Whether another year's evaluation is meant: compared with, its results put to use, done in this year."""
    return both_years or bool(re.search(r"上年|去年|较|比|以来|自", before) or re.search(r"整改|结果|发现|问题|应用", after))


@cache
def _self_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?<![自你])我({any_of(words)}){_SUBJECTS_AFTER}")


def _wrong_self(source: Passage, department: str, known: Vocabulary) -> Iterator[Saw]:
    if not known.selves or not department:
        return
    wrong = [m for m in _self_pattern(tuple(known.selves)).finditer(source.folded) if not department.endswith(known.selves[m[1]])]
    wrong = [m for m in wrong if m[1] not in department[-4:]]
    if wrong:
        first = wrong[0]
        end = min(first.end() + 6, len(source.text))
        end = first.start() + len(re.split(r"[，,。;:]", source.folded[first.start() : end])[0])
        words = f"正文自称“{first.group()}”，填报单位是“{department}”。请核对是否误用了别的单位的文字。"
        yield at(
            source, first.start(), end, first.group(), words, expected="我单位", count=len(wrong), severity=Severity.WARNING
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ leftovers


@rule("NAR111", "模板残留", severity=Severity.ERROR, basis=OWN, relations=("C69",))
def leftovers(desk: Desk) -> Iterator[Saw]:
    """正文里还留着占位符（XX）、没有选定的“增加（减少）”或填写提示（100字以内）。

    改法：换成实际内容，或删去。
    """
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR111", MISSING)
        return
    for source in story.passages:
        yield Looked(1)
        for title, pattern in known.leftovers:
            found = list(pattern.finditer(source.folded))
            if found:
                match = found[0]
                start, end = max(match.start() - 8, 0), min(match.end() + 8, len(source.text))
                start += len(source.folded[start : match.start()]) - len(
                    re.split(r"[，,。;:\n]", source.folded[start : match.start()])[-1]
                )
                end = match.end() + len(re.split(r"[，,。;:\n]", source.folded[match.end() : end])[0])
                words = f"正文“{quoted(source.text[start:end])}”是模板里的{title}，没有改成实际内容。请填写。"
                yield at(source, start, end, title, words, expected="实际内容", count=len(found))


@rule("NAR112", "科目名称不规范", severity=Severity.NOTE, basis="《政府收支分类科目》：支出功能分类应用规范名称")
def odd_subject_names(desk: Desk) -> Iterator[Saw]:
    """支出功能分类科目写成了别的名称，或与规范名称只差一两个字。

    改法：改成规范名称。
    """
    story, known = desk.story, desk.vocabulary
    if story is None or known is None or known.subjects is None:
        yield Skipped("NAR112", MISSING)
        return
    for source in story.passages:
        yield Looked(1)
        for wrong, right in known.subjects.wrong.items():
            if (start := source.folded.find(wrong)) >= 0:
                words = f"正文写“{wrong}”，规范名称是“{right}”。请改正。"
                yield at(source, start, start + len(wrong), right, words, expected=right)
        for match in _SUBJECT.finditer(source.folded):
            if found := _nearly(match.group(), known):
                typed, name = found
                words = f"正文写“{typed}”，规范名称是“{name}”。请改正。"
                yield at(source, match.end() - len(typed), match.end(), name, words, expected=name)


_SUBJECT = re.compile(r"[\u4e00-\u9fa5]{4,}?支出(?![\u4e00-\u9fa5]*支出)")


def _nearly(words: str, known: Vocabulary) -> tuple[str, str] | None:
    """The end of `words` that is an official name but for one letter, and that name."""
    assert known.subjects is not None
    if any(words.endswith(name) for name in (*known.subjects.names, *known.subjects.wrong)):
        return None
    for name in known.subjects.names:
        for length in (len(name), len(name) + 1, len(name) - 1) if len(name) >= 6 else ():
            end = words[-length:]
            if len(end) == length and _one_letter_off(end, name):
                return end, name
    return None


def _one_letter_off(one: str, other: str) -> bool:
    """Whether a letter was changed, added or left out."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(longer[:n] + longer[n + 1 :] == shorter for n in range(1, len(longer)))
