"""Frozen values as JSON and back, by the types of their fields. Pure.

Amounts and scores are texts of exact numbers, bytes are base64, places are lists.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_AS_TEXT = (Fraction, Decimal)


def to_json(value: object) -> Any:
    """Return a value made of frozen values and collections as what `json` can write."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, _AS_TEXT):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_json(one) for key, one in value.items()}
    if isinstance(value, AbstractSet):
        return [to_json(one) for one in sorted(value)]
    if isinstance(value, list | tuple):
        return [to_json(one) for one in value]
    return _fields_of(value)


def _fields_of(value: object) -> dict[str, Any]:
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    return {one.name: to_json(getattr(value, one.name)) for one in fields(value)}


def from_json(kind: Any, data: Any) -> Any:
    """Return the value of this type that `to_json` wrote.

    Raises ValueError, TypeError or KeyError where `data` is no such thing.
    """
    if kind in {Any, object}:
        return data
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return _one_of(inner, data)
    if origin is not None:
        return _collection(origin, inner, data)
    hints: Any = _hints(kind) if is_dataclass(kind) or issubclass(kind, tuple) else {}
    if is_dataclass(kind):
        made: Any = kind
        return made(**{name: from_json(hints[name], one) for name, one in data.items()})
    if issubclass(kind, tuple):  # a NamedTuple: Place, PastDecision
        return kind(*(from_json(hints[n], one) for n, one in zip(hints, data, strict=True)))
    return _plain(kind, data)


def _one_of(kinds: tuple[Any, ...], data: Any) -> Any:
    """Return a value of a union: of the kind that has the shape of `data`."""
    if data is None and NoneType in kinds:
        return None
    left = [one for one in kinds if one is not NoneType]
    if isinstance(data, str) and len(left) > 1:
        left = [one for one in left if not is_dataclass(one)]
        left = (
            [Decimal]
            if Decimal in left and _is_number(data)
            else [one for one in left if one is str] or left
        )
    return from_json(left[0], data)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def _collection(origin: Any, inner: tuple[Any, ...], data: Any) -> Any:
    if issubclass(origin, Mapping):
        return {from_json(inner[0], key): from_json(inner[1], one) for key, one in data.items()}
    if origin is tuple and not (len(inner) == 2 and inner[1] is Ellipsis):
        return tuple(from_json(kind, one) for kind, one in zip(inner, data, strict=True))
    made = frozenset if issubclass(origin, AbstractSet) else tuple
    return made(from_json(inner[0], one) for one in data)


def _plain(kind: Any, data: Any) -> Any:
    if kind is bytes:
        return base64.b64decode(data, validate=True)
    if issubclass(kind, dt.date):
        return kind.fromisoformat(data)
    if issubclass(kind, Enum) or kind in _AS_TEXT:
        return kind(data)
    if not isinstance(data, (int, float) if kind is float else kind):
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data


@lru_cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
