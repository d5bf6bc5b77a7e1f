from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiao_xlsx.output.file_names import MAX_NAME_BYTES, MAX_NAME_CHARACTERS, UNNAMED, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("云川县机关事务中心", "云川县机关事务中心"),
        ("  云川县\t水务局\n", "云川县 水务局"),
        ("../../etc/passwd", "／..／etc／passwd"),
        ("C:\\甲", "C：＼甲"),
        ('a<b>|"c"?*', "a＜b＞｜＂c＂？＊"),
        ("con", "_con"),
        ("NUL.xlsx", "_NUL.xlsx"),
        ("Com1 ", "_Com1"),
        ("CON .甲", "_CON .甲"),
        ("~$云川县水务局", "_~$云川县水务局"),
        ("...", UNNAMED),
        ("", UNNAMED),
        ("\u202e甲\u200b乙\x00", "甲乙"),
        ("县局#2 100%[新]", "县局＃2 100％（新）"),
        ("contact", "contact"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_a_long_name_keeps_its_start_in_whole_characters() -> None:
    long = "云川县" * 60
    assert long.startswith(safe_name(long))
    assert len(safe_name(long).encode()) <= MAX_NAME_BYTES
    assert safe_name("a" * 300) == "a" * MAX_NAME_CHARACTERS


@given(st.text(max_size=300))
def test_always_one_harmless_name(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name) <= MAX_NAME_CHARACTERS
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('\\/:*?"<>|#%[]')
    assert name == name.strip(" .")
    assert not any(unicodedata.category(letter).startswith("C") for letter in name)
    assert safe_name(name) == name
