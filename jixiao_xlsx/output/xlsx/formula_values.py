"""The cached result of a formula that shows nothing."""

from __future__ import annotations


class _Nothing(str):
    """An empty text that xlsxwriter stores as text.

    For a plain "" it leaves the type out, and every reader then takes the formula for one that was never calculated.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = str.__hash__


NOTHING = _Nothing()


def cached(value: float | int | str | None) -> float | int | str:
    """A formula's result as xlsxwriter must be given it."""
    return NOTHING if value is None or value == "" else value
