"""What a heading or the title of a paragraph names: a number without a name of its own is of that.
Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from jixiao_xlsx.prose.language.clauses import Passage, parse_lead
from jixiao_xlsx.prose.language.vocabulary import Lexicon, Vocabulary

NAMING_KINDS = ("item", "subject")
_NUMBERING = re.compile(r"^[\s(]*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)、.]+\s*")
_ABOUT = re.compile(
    r"(?:的|使用|管理|执行|安排|收支|支出|和|及|总体|具体|有关|相关|决算|预算|配置|情况|分析|说明|概况|方面)+$"
)
_AMOUNT = re.compile(r"\d(?:亿元|万元|元|%|人|分)")
_LONGEST = 24
_LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True)
class Topic:
    """`item`: "" if none is known; `unknown`: the title names something not understood."""

    item: str = ""
    unknown: bool = False


class Topics:
    """The topics of one passage, sentence by sentence. `titles` remembers what the titles of all
    passages name.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        vocabulary: Vocabulary,
        source: Passage,
        titles: dict[str, Topic | None],
    ) -> None:
        self._lexicon, self._vocabulary, self._text, self._titles = (
            lexicon,
            vocabulary,
            source.folded,
            titles,
        )
        self._heading = self._named(source.title) or Topic()
        self._line, self._now = -1, self._heading

    def of(self, start: int, sentence: str) -> Topic:
        """Return what the sentence that starts there stands under."""
        line = self._text.rfind("\n", 0, start)
        if line != self._line:
            self._line, self._now = line, self._heading
        opens = not self._text[line + 1 : start].strip()
        text = sentence.strip()
        if not opens or _AMOUNT.search(text):
            return self._now
        if text[-1:] not in "。!?;，" and len(text) <= _LONGEST_HEADING:
            self._heading = self._now = self._named(text) or Topic()
        elif _NUMBERING.match(text) and len(text) <= _LONGEST:
            self._now = self._named(text) or Topic(unknown=not self._is_general(text))
        return self._now

    def _is_general(self, heading: str) -> bool:
        """Return whether a heading names nothing but the department's money as a whole."""
        text = _NUMBERING.sub("", heading.strip("。!?; "))
        words = "|".join(map(re.escape, self._vocabulary.headings))
        return bool(re.fullmatch(f"(?:{words})+", text)) if words else False

    def _named(self, title: str) -> Topic | None:
        if title not in self._titles:
            self._titles[title] = self._read(title)
        return self._titles[title]

    def _read(self, title: str) -> Topic | None:
        """Return the item a title names; several, or one that is not the form's, are unknown; None
        where it names nothing at all.
        """
        text = _NUMBERING.sub("", title.strip("。!?; "))
        for bare in dict.fromkeys((text, _ABOUT.sub("", text))):
            words, _, recognised = parse_lead(bare, self._lexicon)
            names = {word.name for word in recognised if word.kind in NAMING_KINDS}
            if words is not None and len(names) == 1:
                name = names.pop()
                item = self._vocabulary.items.get(name)
                return (
                    Topic()
                    if item is not None and item.kind in {"income", "total"}
                    else Topic(name)
                )
        return Topic(unknown=True) if len(names) > 1 else None
