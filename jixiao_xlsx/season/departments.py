"""The roster ready to be searched: by code, by any name, in a file name, by a sender."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import FileStatus, Letter
from jixiao_xlsx.values.text import tidy

_COUNTY = frozenset("县市区旗")
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}[县市区旗]$")
_CODE_AND_NAME = re.compile(r"^(\d{3,15})\s*[-—–－_:：]?\s*(\D.*)$")  # asked in one cell
_OWN_PLACE = re.compile(r"^(?:中共)?[\u4e00-\u9fff]{0,4}?[县市区旗](?=.{3})")
_LONG_ENOUGH = 3  # letters of a name that no file name holds by chance
_BETWEEN_ADDRESSES = re.compile(r"[、|;；,，\s]+")
_Owner = TypeVar("_Owner")


@dataclass(frozen=True, slots=True)
class Match:
    """The department that a code and a name lead to, or the status and reason why they do not."""

    department: str
    status: FileStatus
    reason: str = ""


class NameIndex:
    """Names of at least so many letters, found in a text as fast whatever their number."""

    def __init__(self, names: Iterable[str], least: int = _LONG_ENOUGH) -> None:
        self._least = least
        self._names = frozenset(name for name in names if len(name) >= least)
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._names:
            lengths[name[:least]].add(len(name))
        self._lengths = dict(lengths)  # of the names that begin so

    def names_in(self, text: str) -> set[str]:
        """Return the names that stand anywhere in `text`, those inside others too."""
        lengths, least = self._lengths, self._least
        return {
            name
            for at in range(len(text) - least + 1)
            for length in lengths.get(text[at : at + least], ())
            if (name := text[at : at + length]) in self._names
        }


@dataclass(frozen=True, slots=True)
class Register:
    """The roster by code and by every name a department goes by; empty where there is no roster.

    `bare` are the names without the county's in front, `places` the counties so named, `senders`
    the departments of each mail address. The indexes find names in a text.
    """

    codes: Mapping[str, Department]
    names: Mapping[str, tuple[Department, ...]]
    senders: Mapping[str, tuple[str, ...]]
    bare: Mapping[str, tuple[Department, ...]]
    places: tuple[str, ...]
    index: NameIndex
    bare_index: NameIndex

    def named_in(self, text: str) -> set[str]:
        """Return the departments whose name stands in `text`.

        A name inside another's does not count, nor one of another county.
        """
        return self._owners(self.names, self.index, tidy(text))

    def likely(self, file: str, letter: Letter | None) -> tuple[str, str]:
        """Return whose an unreadable file seems to be, and by what; "" where that is not plain.

        By its name (with or without the county's), a folder's, or the sender's address. A hint for
        the reviewer: nothing is decided by it.
        """
        for name in reversed(file.split("/")):
            if owners := self._owners(self.bare, self.bare_index, tidy(name)):
                return (owners.pop(), "名称") if len(owners) == 1 else ("", "")
        senders = self.senders.get(letter.sender, ()) if letter else ()
        return (senders[0], "发件人") if len(senders) == 1 else ("", "")

    def _owners(
        self, names: Mapping[str, tuple[Department, ...]], index: NameIndex, words: str
    ) -> set[str]:
        there = [name for name in index.names_in(words) if self._stands(name, words)]
        whole = [
            name for name in there if not any(name != other and name in other for other in there)
        ]
        return {owners[0].name for name in whole if len(owners := names[name]) == 1}

    def _stands(self, name: str, words: str) -> bool:
        """Return whether a name is in a text, and not behind another county's name.

        “县财政局” does not stand in “甘谷县财政局”.
        """
        at = words.find(name)
        before = words[: at + (name[0] in _COUNTY)]
        return at >= 0 and (not _PLACE.search(before) or before.endswith(self.places))

    def department(self, code: str, typed: str) -> str:
        """Return the name in the roster for a code and name as typed; "" where ambiguous."""
        match = self.match(code, typed.strip())
        return match.department if match.status is FileStatus.SUBMITTED else ""

    def called(self, code: str, typed: str) -> str:
        """Return the name in the roster by code, else by name; else the name as typed."""
        if found := self.codes.get(tidy(code)):
            return found.name
        owners = self.names.get(tidy(typed), ())
        return owners[0].name if owners else typed

    def match(self, code: str, typed: str) -> Match:
        """Return the department of a code and a name as typed, or why they lead to none."""
        by_code = self.codes.get(tidy(code)) if code else None
        by_name = self.names.get(tidy(typed), ()) if typed else ()
        if by_code:
            return _by_code(by_code, by_name, code, typed)
        if by_name:
            return _by_name(by_name, code, typed)
        if not code and (both := _CODE_AND_NAME.match(typed)):
            joined = self.match(both[1], both[2])
            if joined.status is FileStatus.SUBMITTED:
                return joined
        if not typed and not code:
            return Match(typed, FileStatus.NOT_IN_ROSTER, "部门名称和部门编码都未填，无法对应名册")
        parts = (typed and f"部门名称“{typed}”", code and f"部门编码“{code}”")
        return Match(typed, FileStatus.NOT_IN_ROSTER, f"{'、'.join(filter(None, parts))}不在名册中")

    def hints(self, file: str, letter: Letter | None, department: str) -> Iterator[str]:
        """Yield where the file name or the sender contradicts `department` ("": not known)."""
        named = self.named_in(file.rpartition("/")[2])
        if named and department not in named:
            others = "、".join(sorted(named))
            yield (
                f"文件名里是“{others}”，表内填的是“{department}”，请核对"
                if department
                else f"文件名里有“{others}”，请确认"
            )
        sender = letter.sender if letter else ""
        owners = self.senders.get(sender, ())
        if owners and department not in owners:
            what = "核对" if department else "确认"
            yield f"发件人 {sender} 是名册中{'、'.join(owners)}的邮箱，请{what}"


def _by_code(owner: Department, by_name: Sequence[Department], code: str, typed: str) -> Match:
    if by_name and owner not in by_name:
        others = "、".join(other.name for other in by_name)
        return Match(
            typed,
            FileStatus.OTHER_DEPARTMENT,
            f"部门编码“{code}”在名册中是{owner.name}，部门名称“{typed}”是{others}，"
            "请确认是哪个单位的表",
        )
    reason = "" if by_name else f"按部门编码对应：部门名称“{typed}”不在名册中"
    return Match(owner.name, FileStatus.SUBMITTED, reason)


def _by_name(owners: Sequence[Department], code: str, typed: str) -> Match:
    if len(owners) > 1:
        others = "、".join(owner.name for owner in owners)
        return Match(
            typed,
            FileStatus.NOT_IN_ROSTER,
            f"“{typed}”在名册中可以是{others}，请补填部门编码或全称",
        )
    reason = f"按部门名称对应：部门编码“{code}”不在名册中" if code else ""
    return Match(owners[0].name, FileStatus.SUBMITTED, reason)


def register(roster: Sequence[Department]) -> Register:
    """Return the roster, ready to be searched."""
    names = _names(roster)
    prefixes = (_OWN_PLACE.match(name) for name in names)
    bare = _grouped(
        (_OWN_PLACE.sub("", name), owner) for name, owners in names.items() for owner in owners
    )
    return Register(
        {tidy(department.code): department for department in roster if department.code},
        names,
        _grouped((address, one.name) for one in roster for address in _addresses(one)),
        bare,
        tuple(sorted({prefix[0] for prefix in prefixes if prefix and len(prefix[0]) > 1})),
        NameIndex(names),
        NameIndex(bare),
    )


def _names(roster: Sequence[Department]) -> Mapping[str, tuple[Department, ...]]:
    """Return the departments by name; a full name is its owner's, even if another once had it."""
    names = _grouped(
        (tidy(name), department)
        for department in roster
        for name in (department.name, department.short, *department.former)
        if name
    )
    return {**names, **{tidy(department.name): (department,) for department in roster}}


def _addresses(department: Department) -> Iterator[str]:
    return filter(None, _BETWEEN_ADDRESSES.split(department.email.lower()))


def _grouped(pairs: Iterable[tuple[str, _Owner]]) -> Mapping[str, tuple[_Owner, ...]]:
    """Return the owners of each name, each once, in the order given."""
    groups: dict[str, list[_Owner]] = defaultdict(list)
    for name, owner in pairs:
        if owner not in groups[name]:
            groups[name].append(owner)
    return {name: tuple(owners) for name, owners in groups.items()}
