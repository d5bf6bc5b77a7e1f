"""The direction of an indicator: as typed in its own column, and as its name suggests. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from jixiao_xlsx.scoring.wording import folded_words, wording

_OTHER_WAY = {"≥": "≤", "≤": "≥"}
_DENIALS = ("不", "未", "非", "无", "错", "漏")


def direction_word(typed: str) -> str:
    """Return ≥, ≤, = or 定性 for what was typed as a direction; another word as it is."""
    folded, words = folded_words(typed), wording()
    return words.signs.get(folded) or words.direction_words.get(folded) or folded


def direction_by_name(name: str, directions: Mapping[str, tuple[str, ...]]) -> str:
    """Return the direction whose longest word is in `name`; the other way round after a denial."""
    found = max(
        (
            (len(word), sign, word)
            for sign, words in directions.items()
            for word in words
            if word in name
        ),
        default=(0, "", ""),
    )
    _, sign, word = found
    denied = sign and name[: name.find(word)].endswith(_DENIALS)
    return _OTHER_WAY.get(sign, sign) if denied else sign
