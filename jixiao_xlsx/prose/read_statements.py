"""Sentences → statements: walks the numbers of each sentence and finds the subject of each.

A lead must be understood to its last character before a number is assigned to an item: “扶贫项目支出 20
万元” is not the department's 项目支出. A number whose lead is not understood, or that belongs to another
body, has no subject and serves only for adding up. A number without a name of its own (“实际支出 48
万元”, “执行率 97%”) belongs to what was last named, and to nothing if that is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from jixiao_xlsx.prose.chains import broken_chains
from jixiao_xlsx.prose.innocent_readings import LIST_SEPARATORS
from jixiao_xlsx.prose.language.clauses import (
    Mention,
    Passage,
    countable_mentions,
    empty_mention,
    mentions,
    parse_lead,
    sentences,
)
from jixiao_xlsx.prose.language.scope import OTHER, OTHERS, PREVIOUS, THIS, Reader, ScopedLine
from jixiao_xlsx.prose.language.topics import NAMING_KINDS, Topic, Topics
from jixiao_xlsx.prose.language.vocabulary import ROW, Lexicon, Vocabulary, Word, fold
from jixiao_xlsx.prose.lists import CLAUSE_BREAKS, LIST_OPENERS, Lists
from jixiao_xlsx.prose.portions import has_portions
from jixiao_xlsx.prose.sentence_memory import BUDGET_ROLES
from jixiao_xlsx.prose.statements import BareShare, Fact, ReportStatements

_QUALIFIED = re.compile(r"\((?!其中|不?含|即|折合|约|见|详见)[^()\d]{1,8}\)")  # “120 份（线上）”
_COUNTED = re.compile(
    r"(?P<what>[^，,;:。、\d]{1,40})\d+[台套件栋处幢批](?:[(〔][^)〕]{0,80}[)〕])?[，,]"
    r"(?:账面)?(?:原值|总值|价值)?(?:为|共)?$"
)
_UNSPENT_BEFORE = re.compile(
    "(?:还|尚)有$|[还尚]?(?:剩余?|余下)$"
)  # what is left of an item is not its figure
_UNSPENT_AFTER = re.compile("的?(?:尚|还|仍)?(?:未能?|没有?)(?:执行|支出|支付|花|使用|用|列支)")
_FROM = ("由", "从")
_TAKEN_FROM = re.compile("(?:主要)?(?:安排|用于)")
_REASON = ("主要", "用于", "其中", "原因", "保障", "因", "由于", "为了")
_OF_A_ROW = {"budget", "plan", "execution"}
_ALL_OF_IT = re.compile("部门|整体|总体|全局")
_ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]是|\d{1,2}[.、])")
_IN_TIME = ("其中", "年中", "执行中", "过程中", "工作中", "管理中")
_THIS_YEAR = re.compile(r"(?:本年度?|今年|当年|20\d\d年度?)(?:支出|决算|实际)?(?:为|是|达)?")
_NUMBERING = re.compile(r"^[\s(]*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)、.]+")
_RUN_IN = re.compile(r"[^\d，,。;]{2,12}[。】]")  # “二、收支情况。年初预算……”
_CLAUSES = re.compile("[，,;:]")
_IN_IT = re.compile(r"[^，。,;\d]{0,10}[中里][，,]")
_AT_THE_END = re.compile("[本到至]?(?:年[末底]|期末)")
_FRAME = re.compile(
    r"\s*(?:从|按照?|以)(?:部门)?(?P<role>年初预算|全年预算|决算|执行)(?:数据?|情况|结果)?(?:来?看|口径[^，,:]{0,3}|计算?|统计)[，,:]"
)
_ROLES = {"年初预算": "original", "全年预算": "budget", "决算": "execution", "执行": "execution"}


def read_statements(
    passages: Sequence[Passage],
    vocabulary: Vocabulary,
    extra: Iterable[tuple[str, Word]],
    year: int | None,
) -> ReportStatements:
    """Read all passages. `extra` are words of this submission only: its name, its subjects, its
    indicators.
    """
    statements = ReportStatements(tuple(passages))
    own = tuple(extra)
    lexicon = statements.lexicon = Lexicon(own, vocabulary.lexicon)
    statements.names = tuple(text for text, word in own if word.kind == "ours")
    titles: dict[str, Topic | None] = {}
    tasks = tuple(fold(name) for name, item in vocabulary.items.items() if item.kind == ROW)
    scopes = Reader(vocabulary.scoping, (*statements.names, *tasks), year)
    for source in passages:
        line = statements.lines[id(source)] = scopes.read(source.folded, source.title)
        topics = Topics(lexicon, vocabulary, source, titles)
        before, after = "", 0
        for start, sentence in sentences(source.folded):
            topic = topics.of(start, sentence)
            statements.facts += _quantities(source, start, sentence, lexicon, line, vocabulary)
            numbers = mentions(source, start, sentence, lexicon, line)
            if "\n" in source.folded[after:start]:
                before = ""
            after = start
            statements.mentions.setdefault(id(source), []).extend(numbers)
            if numbers or has_portions(sentence):
                walk = _Sentence(statements, vocabulary, lexicon, year, topic, source, before)
                walk.read(numbers, start, sentence)
                before = walk.of_all()
            if len(numbers) > 2:
                statements.chains += broken_chains(numbers)
    return statements


def _quantities(
    source: Passage,
    start: int,
    sentence: str,
    lexicon: Lexicon,
    line: ScopedLine,
    vocabulary: Vocabulary,
) -> Iterator[Fact]:
    """Yield quantities of items whose value the form also has: “设备 312 台”."""
    for mention in countable_mentions(source, start, sentence, lexicon, line):
        named = [word.name for word in mention.words or () if word.kind == "item"]
        item = vocabulary.items.get(named[0]) if len(named) == 1 else None
        simple = all(
            word.kind in {"item", "filler", "ours", "execution"} for word in mention.words or ()
        )
        if (
            item is not None
            and simple
            and "quantity" in item.cells
            and not mention.scope.foreign
            and mention.scope.period in {"", THIS}
        ):
            yield Fact(
                mention,
                (item.name,),
                "quantity",
                doubt=mention.scope.named if mention.scope.doubtful else "",
            )


@cache
def _criteria(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of words that state scoring criteria; “得满分 10 分” is a score instead."""
    return re.compile("|".join(rf"{re.escape(word)}(?!\d)" for word in words) or "(?!)")


def _amid(mention: Mention) -> str:
    """Return the item that the number's item is stated to be part of: “基本支出中人员经费……”."""
    return next(
        (word.name for word in mention.wide or mention.words or () if word.kind == "amid"), ""
    )


class _Sentence(Lists):
    """Walks the numbers of one sentence, remembering what was last mentioned."""

    def read(self, numbers: list[Mention], start: int, sentence: str) -> None:
        self.criteria = bool(_criteria(self.vocabulary.words.get("criteria", ())).search(sentence))
        self.planned = "预算" in sentence
        line = self.source.folded.rfind("\n", 0, start) + 1
        above = _NUMBERING.sub("", self.source.folded[line:start]).strip()
        self.opens_line = not above or bool(_RUN_IN.fullmatch(above))
        announced = _FRAME.match(sentence)
        self.frame = _ROLES[announced["role"]] if announced else ""
        for mention in numbers:
            self.statements.numbers += 1
            self._round_shares(mention.gap, mention, mention.start - len(mention.gap))
            self._back_to_head(mention)
            self._pass_over(mention)
            if mention.unit in {"%", "个百分点"}:
                self._percentage(mention)
            elif self._is_base(mention):
                self._compare(mention)
            elif mention.has("up", "down", "over", "under"):
                self._changed(mention)
            elif mention.unit != "分":
                self._amount(mention)
        last = numbers[-1] if numbers else empty_mention(self.source, start)
        self._round_shares(sentence[last.end - start :], last, last.end)
        self._close_list()
        self._close_change()
        self.statements.bare_shares += (self._whole_of(one) for one in self.bare_shares)

    def _whole_of(self, one: BareShare) -> BareShare:
        """Return the share with the whole of the shares beside it."""
        items = {other.item for other in self.bare_shares}
        wholes = [
            whole
            for whole, parts in self.vocabulary.partitions.items()
            if len(items) > 1 and items <= set(parts)
        ]
        return replace(one, whole=one.whole or (wholes[0] if wholes else ""))

    # -- what lies between two numbers

    def _pass_over(self, mention: Mention) -> None:
        if ";" in mention.gap:
            self._close_change()
            self._forget()
            self.compared = None
        self._brackets(mention.gap)
        pieces = _CLAUSES.split(mention.gap)
        first = (
            1
            if self.last is not None or (self.statements.numbers > 1 and mention.gap[:1] in "，,;:")
            else 0
        )
        between = pieces[first:-1]
        inside = pieces[first if self.parent is not None and not self.children else 0 : -1]
        if (amid := _amid(mention)) in self.vocabulary.partitions:
            self.head = amid
        for clause in inside:
            if clause.endswith("中") and not clause.endswith(_IN_TIME):
                self._goes_within(clause)
        fresh = [clause for clause in between if not clause.startswith(_REASON)]
        if self.nouns and any(
            self.nouns.search(clause) for clause in pieces[1:-1] if clause in fresh
        ):
            self._forget()
            self._close_change()
        for clause in filter(None, fresh):
            bare = _ORDINAL.sub("", clause.strip())
            named = self.lexicon.at(bare, 0) if bare else None
            if (
                named is not None
                and named[1].kind in NAMING_KINDS
                and not named[1].near
                and named[0] == bare
            ):
                self.topic, self.astray = named[1].name, False  # “三是卫生健康支出，年初预算……”
            elif parse_lead(clause, self.lexicon)[0] is None:
                self.astray = True

    def _goes_within(self, clause: str) -> None:
        """Open a whole whose parts follow: “固定资产中，”; unknown if it has no known parts."""
        words = parse_lead(clause, self.lexicon)[0]
        whole = parse_lead(clause.removesuffix("中"), self.lexicon)[0]
        if whole and {word.kind for word in whole} <= {"spent", "filler", "ours"}:
            return  # “支出中，人员经费……”: parts of all that the department spends
        heads = [
            word.name
            for word in words or ()
            if word.kind == "amid" and word.name in self.vocabulary.partitions
        ]
        if heads:
            self.head = heads[0]
        else:
            self.within = True

    def _brackets(self, gap: str) -> None:
        """Restore, at a closing bracket, what was current before the bracket opened."""
        if "(" not in gap and ")" not in gap:
            return
        for char in gap:
            if char == "(":
                self.outside.append((self.current, list(self.clause_facts), self.last))
            elif char == ")" and self.outside:
                self._close_list()
                self.current, self.clause_facts, self.last = self.outside.pop()

    # -- amounts

    def _amount(self, mention: Mention) -> None:
        self._close_change()
        fact = self._fact(mention)
        if (
            mention.scope.foreign
            or mention.words is None
            or mention.has("respondent")
            or self._starts_unknown(mention)
            or (mention.has("respectively") and not fact.items)
        ):
            self._lose_thread()
        self.statements.facts.append(fact)
        self._summed_up(fact)
        self._listed(fact)
        if mention.has("share"):
            words = mention.words or ()
            named = any(
                word.kind in NAMING_KINDS
                for word in words[: [word.kind for word in words].index("share")]
            )
            self.divided = (self.last, fact) if self.last is not None and not named else None
            return
        self.divided = None
        if fact.mention.money or fact.items or fact in self.children:
            self.last = fact
        if mention.has("together") and not fact.items:
            self._forget()  # “A 1 万元，B 2 万元，合计 3 万元，为预算……”: what follows is of the sum
        unnamed = self.current is None or not self.current.item
        if fact.item or (fact.role and mention.words and unnamed and not self._is_astray(mention)):
            moved = (
                mention.has("up_to") and self.current is not None and self.current.item == fact.item
            )
            self.compared = self.current if moved else None
            self.current, self.astray = fact, False
            self.clause_facts.append(fact)
        if self._heads_a_clause(fact):
            self._close_list()
            self.parent, self.open_ended = fact, True

    def _fact(self, mention: Mention) -> Fact:
        if self.queue and mention.gap.strip(" ") in LIST_SEPARATORS:
            return replace(self.queue.pop(0), mention=mention)
        self.queue = []
        if mention.scope.foreign:
            return Fact(mention, (), self._role(mention.words or (), mention))
        listed = self._enumerated(mention)
        if listed is not None:
            return listed
        if mention.words is None or mention.has("respectively"):
            return Fact(mention, (), "")
        fact = self._narrowed(self._plain(mention, mention.words))
        doubt = mention.scope.named if mention.scope.doubtful else ""
        role, loose = fact.role or self.frame, self._is_loose(fact)
        plain = (role, doubt, loose) == (fact.role, fact.doubt, fact.loose)
        return (
            fact if plain or not fact.items else replace(fact, role=role, doubt=doubt, loose=loose)
        )

    def _enumerated(self, mention: Mention) -> Fact | None:
        """Read “A、B 分别为 1 万元、2 万元” and “A、B 共计 3 万元”.

        Names that share a number without such a word share it in an unknown way.
        """
        wide = mention.wide
        if wide is None:
            return Fact(mention, (), "") if mention.joined else None
        names = [word.name for word in wide if word.kind in NAMING_KINDS]
        kinds = {word.kind for word in wide}
        if len(names) < 2 or len(set(names)) < len(names):
            return None
        role = self._role(wide, mention)
        doubt = mention.scope.named if mention.scope.doubtful else ""
        if "respectively" in kinds:
            self.queue = [Fact(mention, (name,), role, doubt=doubt) for name in names]
            return self.queue.pop(0)
        return Fact(mention, tuple(names) if "together" in kinds else (), role, doubt=doubt)

    def _is_loose(self, fact: Fact) -> bool:
        """Return whether last year was named before, and not with this very number."""
        mention = fact.mention
        return fact.role == PREVIOUS and mention.year is None and not mention.has("previous")

    def _narrowed(self, fact: Fact) -> Fact:
        """Return a part of something that is not the department's whole is only a part of its item;
        of something unknown, unknown.
        """
        if not fact.items:
            return fact
        gap = fact.mention.gap
        if (
            self._is_left_over(fact)
            or _UNSPENT_BEFORE.search(fact.mention.lead)
            or _UNSPENT_AFTER.match(fact.mention.tail)
        ):
            return replace(fact, items=())
        if _QUALIFIED.match(fact.mention.tail):
            fact = replace(fact, subset=True)
        inside = LIST_OPENERS.search(gap) or gap.startswith(("(", "，由"))
        above = (
            self.last if inside else self.parent if len(CLAUSE_BREAKS.findall(gap)) == 1 else None
        )
        if above is not None and above.mention.money and fact.mention.money:
            if (
                above is self.stepped
                and self.current is not None
                and fact.believed.lo > above.believed.hi
            ):
                return fact  # too much to be a part of the change: it is of what has changed
            if not above.items:
                return replace(fact, items=())
            item = self.vocabulary.items.get(above.item)
            group = self.vocabulary.partitions.get(above.item, ())
            total = item is not None and item.kind in {"income", "total"}
            if above.subset or (above.item != fact.item and not total and fact.item not in group):
                return replace(fact, subset=True)
        if (amid := _amid(fact.mention)) and amid != self.head:
            return replace(fact, items=())
        if self.head and ";" in gap and not amid:
            self.head = ""
        if self.head:
            parts = self.vocabulary.partitions[self.head]
            return fact if fact.item in parts or fact.item == self.head else replace(fact, items=())
        return replace(fact, items=()) if self.within else fact

    def _is_left_over(self, fact: Fact) -> bool:
        """Return whether the fact is the rest of an amount that is not understood: “其他收入” after
        such an income, an amount “安排” from it, or joined to it with “、”.
        """
        unknown = self.last is not None and self.last.mention.money and not self.last.items
        lead = fact.mention.lead.lstrip()
        joined = fact.mention.gap[:1] == "、" and self.parent is None
        return unknown and (
            joined or fact.item.startswith("其他") or _TAKEN_FROM.match(lead) is not None
        )

    def _plain(self, mention: Mention, words: tuple[Word, ...]) -> Fact:
        named = [word for word in words if word.kind in NAMING_KINDS]
        role = self._role(words, mention)
        if self._starts_unknown(mention):
            return Fact(mention, (), role)
        subset = any(word.kind == "fiscal" for word in words)
        kinds = {word.kind for word in words}
        if mention.lead.endswith(_FROM) and role not in {PREVIOUS, "original"}:
            role = OTHER  # “由 2 万元降到……”: its time is not stated
        if "share" in kinds:
            return self._divisor(mention, words)
        if (
            len(named) > 1
            or mention.has("share", "than", "rate", "indicator", "respondent")
            or ("execution" in kinds and kinds & set(BUDGET_ROLES))
        ):
            return Fact(mention, (), role)
        if not named and (after := self._named_after(mention)):
            named = [after]
        if not named and (closing := self._closing(mention)):
            return Fact(
                mention,
                (closing,),
                role,
                subset or (self.current is not None and self.current.subset),
            )
        if named:
            return self._named_fact(mention, named[0], role, subset)
        for kind, whole in (("spent", self.whole), ("earned", self.income)):
            if kind in kinds:
                return self._general(mention, kind, whole, role, subset)
        return self._unnamed(mention, words, role, subset)

    def _named_fact(self, mention: Mention, item: Word, role: str, subset: bool) -> Fact:
        """Return of what the lead names; the role may be that of the total it is listed under."""
        goes_on = ";" not in mention.gap or (self.separator in {"", ";"} and not self.children[1:])
        listed = self.parent is not None and mention.gap[:1] in "、，;" and goes_on
        inherited = (
            not role
            and self.last is not None
            and (listed or ":" in mention.gap or "其中" in mention.gap)
        )
        if inherited:
            head = self.parent if listed else self.last
            role = head.role if head is not None else ""
        bare = (
            item.vague
            and (self._is_astray(mention) or self._of_one(self.current))
            and self._opening(item.name) is None
        )
        row = self.vocabulary.items.get(item.name)
        bare = bare or (row is not None and row.kind == ROW and role not in _OF_A_ROW)
        return Fact(
            mention,
            () if bare else (item.name,),
            role,
            subset,
            item.vague,
            inherited=bool(inherited and role),
        )

    def _general(self, mention: Mention, kind: str, whole: str, role: str, subset: bool) -> Fact:
        """Read a bare “支出” or “收入”: that of the current item, else of the whole department."""
        subject = self.current.item if self.current else self.topic
        if (
            subject
            and not mention.has(*BUDGET_ROLES)
            and self._earns(subject) == (kind == "earned")
        ):
            either = whole if role in {"", "execution"} else ""
            return Fact(mention, (subject,), role or "execution", subset, either=either)
        known = whole and not self._is_astray(mention)
        return Fact(mention, (whole,) if known else (), role, subset, kind == "earned")

    def _unnamed(self, mention: Mention, words: tuple[Word, ...], role: str, subset: bool) -> Fact:
        """Return a number without a name: of what was last named, just counted, or is in the
        heading.
        """
        current, astray = self.current, self._is_astray(mention)
        if mention.has("up_to") and current is not None:
            grown = {PREVIOUS: "", OTHER: "", "original": "budget", "plan": "budget"}.get(
                current.role, current.role
            )
            if (
                current.mention.year is not None
                and current.mention.year == self.year
                and current.role != "original"
            ):
                grown = OTHER  # “由 2023 年的 8 万元降为……” next year
            return replace(
                current,
                mention=mention,
                role=role if role in {"budget", "execution"} else grown,
                loose=False,
            )
        if current and not role and current.role == PREVIOUS and _THIS_YEAR.fullmatch(mention.lead):
            return replace(
                current, mention=mention, role="", loose=False
            )  # “上年 8 万元，本年 7 万元”
        if role and self._of_one(current) and _ALL_OF_IT.search(mention.lead):
            return Fact(mention, (), role)  # “基本支出……，部门全年预算……”
        if role and current and not subset and self._can_be_of(current.item, mention):
            return replace(current, mention=mention, role=role)
        if (counted_item := self._counted(mention)) and role not in {PREVIOUS, OTHER}:
            return Fact(mention, (counted_item,), role)
        if role and self.topic and not subset and self._can_be_of(self.topic, mention):
            return Fact(mention, (self.topic,), role)
        if role in {"original", "budget"} and self.before and not astray and current is None:
            return Fact(
                mention, (self.before,), role
            )  # “年初预算批复……1035 万元。……全年预算调整为 1105 万元”
        bare = role in {"original", "budget"} and self.last is None and self.opens_line
        alone = bare and not self.topic and not subset and mention.scope.owner != OTHERS
        if alone and self.whole and not current and not astray:
            return Fact(mention, (self.whole,), role)  # “全年预算 1150 万元。”
        if any(word.spends for word in words) and self.whole and not current and not astray:
            return Fact(mention, (self.whole,), role, subset)
        return Fact(mention, (), role)

    def _closing(self, mention: Mention) -> str:
        """Return the closing balance item that answers an opening one: “年初结转和结余 35 万元，年末 23 万元”."""
        item = (
            self.vocabulary.items.get(self.current.item)
            if self.current and _AT_THE_END.match(mention.lead)
            else None
        )
        opening = set(item.cells.get("execution", ())) if item else set()
        ends = (
            one
            for one in self.vocabulary.items.values()
            if one.kind == "balance" and opening & {*one.cells.get(PREVIOUS, ())}
        )
        return next((one.name for one in ends), "")

    def _can_be_of(self, name: str, mention: Mention) -> bool:
        """Return whether the number can be of the item: money is not people."""
        item = self.vocabulary.items.get(name)
        return item is None or mention.money != bool(item.unit)

    def of_all(self) -> str:
        """Return the total that the sentence was about; "" for none, and where something else was
        named.
        """
        item = self.vocabulary.items.get(self.current.item) if self.current is not None else None
        return item.name if item is not None and item.kind == "total" and not self.astray else ""

    def _starts_unknown(self, mention: Mention) -> bool:
        """Return whether the number belongs to something unknown before it: “减下来的主要是财政拨款，由 30
        万元降到……”.
        """
        return (
            mention.lead.endswith(_FROM)
            and not mention.has(*NAMING_KINDS)
            and self._is_astray(mention)
        )

    def _counted(self, mention: Mention) -> str:
        """Return the item just counted: “设备 312 台（套），原值 1862340 元”."""
        match = _COUNTED.search(mention.gap) if not mention.has(*NAMING_KINDS) else None
        names = (
            [
                word.name
                for word in parse_lead(match["what"], self.lexicon)[0] or ()
                if word.kind in NAMING_KINDS
            ]
            if match
            else []
        )
        return names[0] if len(names) == 1 else ""

    def _divisor(self, mention: Mention, words: tuple[Word, ...]) -> Fact:
        """Read the whole of a share: “占基本支出 674.52 万元”."""
        after = words[[word.kind for word in words].index("share") :]
        names = [word.name for word in after if word.kind in NAMING_KINDS]
        if not names and any(word.kind == "spent" for word in after) and self.whole:
            names = [self.whole]
        return Fact(mention, tuple(names) if len(names) == 1 else (), self._role(after, mention))

    def _named_after(self, mention: Mention) -> Word | None:
        """Return the word after the number that names it, where the words before it name nothing:
        “在全年 62.7 万元采购支出中”, “38 人的编内在职人员”.
        """
        tail = mention.tail.removeprefix("的")
        match = self.lexicon.at(tail, 0) if tail else None
        if match is None or match[1].kind not in NAMING_KINDS:
            return None
        after = tail[len(match[0]) :]
        return match[1] if after[:1] in "中里内的，。,;、)" and after else None

    def _heads_a_clause(self, fact: Fact) -> bool:
        """Return whether parts of the number follow: “在全年 62.7 万元采购支出中，……”."""
        return bool(fact.items or fact.role) and _IN_IT.match(fact.mention.tail) is not None

    def _earns(self, name: str) -> bool:
        item = self.vocabulary.items.get(name)
        return item is not None and item.kind == "income"
