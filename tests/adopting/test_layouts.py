"""Layouts of counties: addresses, sums and roles, found in a sheet as it is mailed out."""

from __future__ import annotations

import pytest

from jixiao_xlsx.adopting.adopt import understand_file
from jixiao_xlsx.adopting.described import described
from tests.adopting.laid_out import LAYOUTS, Layout
from tests.adopting.sheets import book

each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


@each_layout
def test_every_cell_has_its_address(layout: Layout) -> None:
    fields = understand_file(book({"表": layout.text})).fields
    found = {one.ref: ("/".join(one.row), "/".join(one.column), one.unit) for one in fields}
    assert {place: found.get(place) for place in layout.cells} == layout.cells


@each_layout
def test_just_what_must_add_up_is_claimed(layout: Layout) -> None:
    claims = described(understand_file(book({"表": layout.text})))["equations"]
    found = {
        f"{'+'.join(one['left'])} {one['op']} {'+'.join(one['right'])}".replace("表!", "")
        for one in claims
        if one["ticked"]
    }
    assert found == set(layout.claims)


@each_layout
def test_roles_are_known(layout: Layout) -> None:
    roles = described(understand_file(book({"表": layout.text})))["roles"]
    assert {role: roles.get(role) for role in layout.roles} == {
        role: f"表!{place}" for role, place in layout.roles.items()
    }
