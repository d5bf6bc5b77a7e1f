"""NAR117: targets that the written report calls reached and the indicator table does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jixiao_xlsx.checking.bases import SAME_AS_TABLES
from jixiao_xlsx.checking.rule import Looked, Observation, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.scope import OTHERS, THIS
from jixiao_xlsx.prose.rules.absences import flag_passage, short_quote
from jixiao_xlsx.prose.rules.figures import NO_REPORT
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity

_REACHED = "(?:达到|达成|完成|实现|达标)"
_CLAIM = re.compile(
    rf"(?:各项|全部|所有)(?:绩效)?(?:指标|目标)(?:值)?(?:均|都|全部)?(?:已)?(?:按期|如期|按时|圆满)?{_REACHED}"
    rf"|(?:全部|均|都)(?:已)?(?:按期|如期|按时|圆满)?{_REACHED}了?(?:预期|预定|既定|年初|年度|设定)+(?:的)?(?:绩效)?(?:指标|目标)"
    rf"|(?:指标|目标)(?:值)?(?:已)?(?:全部|均|都)(?:已)?(?:按期|如期|按时|圆满)?{_REACHED}"
)
_NOT_YET = re.compile("除|应|要|将|拟|力争|确保|保证|是否|如|若|未|没有|下一步|指标值|为")
_NAMED = 3  # at most so many indicators are named


@rule(
    "NAR117",
    "文字称全部达到目标，表内有没达到的",
    severity=Severity.NOTE,
    basis=SAME_AS_TABLES,
    relations=("C43",),
)
def all_reached(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文说各项指标、目标全部达到，绩效评价表里却有业绩值没有达到目标值的。

    改法：按表写明哪些没有达到；表填错的，改表。
    """
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for source in statements.passages:
        for match in _CLAIM.finditer(source.folded):
            start = max(source.folded.rfind(stop, 0, match.start()) for stop in "，。;:\n") + 1
            scope = statements.scope(source, match.start())
            if (
                _NOT_YET.search(source.folded[start : match.start()])
                or scope.owner == OTHERS
                or scope.period not in {"", THIS}
            ):
                continue
            missed = [line for line, item in evidence.scored_lines if item.met is False]
            yield Looked(1)
            if not missed:
                continue
            names = "、".join(
                f"“{line.name}”{line.actual.text}（目标 {line.target.text}）"
                for line in missed[:_NAMED]
            )
            names += f"等 {len(missed)} 项" if len(missed) > _NAMED else ""
            words = (
                f"正文写“{short_quote(source.text[start : match.end()])}”，"
                f"《{missed[0].cell('actual').sheet}》{names}，没有达到。"
            )
            yield flag_passage(
                source,
                start,
                match.end(),
                "完成情况",
                words,
                "请核对后改成一致。",
                expected=f"{len(missed)} 项没有达到",
                related=tuple(line.cell("actual").place for line in missed),
            )
            break
