"""The values of a form's files, read by their types; every mistake is kept with its path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar, cast

from jixiao_xlsx.form.authoring.suggestions import perhaps
from jixiao_xlsx.form.spec import NUMERIC
from jixiao_xlsx.values.equations import EquationError, Ref, parse_ratio
from jixiao_xlsx.values.severity import Severity

Data = Mapping[str, Any]
_Spec = TypeVar("_Spec")
_Value = TypeVar("_Value")
# What may stand in a field of that name, whichever part of a form it belongs to.
_ALLOWED: Mapping[str, Collection[str]] = {
    "type": NUMERIC | {"text", "long", "choice", "date", "measure"},
    "shape": ("record", "fixed", "open", "list"),
    "kind": ("data", "guide", "selfcheck"),
    "orientation": ("portrait", "landscape"),
}


class SpecFields:
    """Readers of single values; what is wrong is added to `mistakes`, and a default returned."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def build(self, spec: type[_Spec], path: str, data: Data, /, **given: Any) -> _Spec:
        """Return a `spec`, each of its fields read from `data` by its type, or `given`.

        A callable in `given` is called in the order of the fields, so that mistakes keep theirs.
        """
        values: dict[str, Any] = {}
        for field in fields(spec):  # type: ignore[arg-type]
            if field.name in given:
                value = given[field.name]
                values[field.name] = value() if callable(value) else value
            else:
                values[field.name] = self._field(field, path, data)
        return spec(**values)

    def simple(self, spec: type[_Spec]) -> Callable[[str, Data], _Spec]:
        """Return the reader of a part of a form that has nothing but such fields."""

        def read(path: str, data: Data) -> _Spec:
            self.unknown(path, data, spec)
            return self.build(spec, path, data)

        return read

    def _field(self, field: Field[Any], path: str, data: Data) -> Any:
        name, default = field.name, cast("Any", field.default)
        here = f"{path}.{name}"
        if name in _ALLOWED:
            if name not in data and default == "":
                return ""
            typed = data.get(name, "" if default is MISSING else default)
            return self.one_of(here, typed, _ALLOWED[name])
        match field.type:
            case "str" if default is MISSING:
                return self.text(data, name, here)
            case "str":
                return self.optional(data, name, path, default)
            case "bool":
                return self.truth(data, name, path)
            case "int":
                return self.whole(data, name, path) or 0
            case "int | None":
                return self.whole(data, name, path)
            case "float":
                return self.number(data, name, path, default)
            case "Severity":
                return self.severity(here, data.get(name, "error"))
        return self.names(here, data.get(name, []))

    def each(self, data: Data, key: str, make: Any, parent: str = "") -> Iterator[Any]:
        """Yield what `make(path, item)` returns for each item of a list of tables."""
        items = data.get(key, [])
        here = f"{parent}.{key}" if parent else key
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.mistakes.append(f"{here}：应是一组条目")
            return
        for number, item in enumerate(items, start=1):
            yield make(f"{here}[{number}]", item)

    def text(self, data: Data, key: str, path: str) -> str:
        """Return a text that must be there."""
        value = data.get(key)
        if not isinstance(value, str) or not value:
            self.mistakes.append(f"{path}：缺少，或不是文字")
            return ""
        return value

    def optional(self, data: Data, key: str, path: str, default: str = "") -> str:
        """Return a text that may be left out."""
        value = data.get(key, default)
        return value if isinstance(value, str) else self.wrong(f"{path}.{key}", "文字", default)

    def whole(self, data: Data, key: str, path: str) -> int | None:
        """Return a whole number of 0 or more; None where it is left out."""
        value = data.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        return self.wrong(f"{path}.{key}", "不小于 0 的整数", None)

    def number(self, data: Data, key: str, path: str, default: float) -> float:
        """Return a number of 0 or more."""
        value = data.get(key, default)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        return value if fits else self.wrong(f"{path}.{key}", "不小于 0 的数", default)

    def truth(self, data: Data, key: str, path: str) -> bool:
        """Return true or false; false where it is left out."""
        value = data.get(key, False)
        if isinstance(value, bool):
            return value
        return self.wrong(f"{path}.{key}", " true 或 false", False)

    def section(self, data: Data, key: str) -> Data:
        """Return a table; {} where it is left out."""
        value = data.get(key, {})
        return value if isinstance(value, dict) else self.wrong(key, "一节", {})

    def words(self, data: Data, key: str, path: str = "") -> Mapping[str, str]:
        """Return a table of texts; {} where it is left out."""
        here = f"{path}.{key}" if path else key
        value = data.get(key, {})
        if not isinstance(value, dict):
            return self.wrong(here, "一节", {})
        return {name: self.optional(value, name, here) for name in value}

    def wrong(self, path: str, wanted: str, default: _Value) -> _Value:
        """Note that something else was wanted; return `default`."""
        self.mistakes.append(f"{path}：应是{wanted}")
        return default

    def names(self, path: str, value: object) -> tuple[str, ...]:
        """Return a list of texts."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.mistakes.append(f"{path}：应是一组文字")
            return ()
        return tuple(cast("list[str]", value))

    def one_of(self, path: str, value: object, allowed: Collection[str]) -> str:
        """Return one of the `allowed` texts."""
        if not isinstance(value, str) or value not in allowed:
            choices = "、".join(sorted(filter(None, allowed)))
            self.mistakes.append(
                f"{path}：“{value}”不在允许的取值内（{choices}）{perhaps(str(value), allowed)}"
            )
            return str(next(iter(allowed)))
        return str(value)

    def severity(self, path: str, value: object) -> Severity:
        """Return error, warning or note."""
        return Severity(self.one_of(path, value, tuple(s.value for s in Severity)))

    def fraction(self, path: str, value: object) -> Fraction:
        """Return an exact number."""
        try:
            return Fraction(Decimal(str(value)))
        except (InvalidOperation, ValueError):
            self.mistakes.append(f"{path}：“{value}”不是数字")
            return Fraction(0)

    def address(self, path: str, value: object) -> Ref:
        """Return an address by titles: 表.行.列."""
        try:
            return parse_ratio(f"{value} / {value}").numerator[0].ref
        except EquationError as error:
            self.mistakes.append(f"{path}：{error}")
            return Ref("", "", "")

    def unknown(
        self, path: str, data: Data, spec: type[Any] | None = None, also: Collection[str] = ()
    ) -> None:
        """Note the keys that neither `spec` nor `also` has."""
        allowed = {*(field.name for field in (fields(spec) if spec else ())), *also}
        self.mistakes += [
            f"{path}.{key}：不认识的键{perhaps(key, allowed)}" for key in data if key not in allowed
        ]
