"""Strict reading of a child's JSON into frozen dataclasses, and writing them back.

The child may have been taken over by the bytes it decoded, so its answer is untrusted too:
every key, type, length and range is checked and nothing unknown passes. Not a general JSON
library: only the types the media facts use (int, bool, str, None, Literal, tuple[T, ...],
dataclasses).
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")

MAX_TEXT = 500
MAX_ITEMS = 1_000_000
_MAX_INTEGER = 2**53 - 1


class SchemaError(ValueError):
    """The JSON is not of the promised form; the message names the place."""


def read(kind: type[T], value: object) -> T:
    """Build `kind` (a dataclass) from parsed JSON.

    Raises:
        SchemaError: a key is missing or unknown, or a value has another type, is an integer
            beyond ±(2**53 - 1), a text over `MAX_TEXT` characters or with control characters or
            lone surrogates, or a list over `MAX_ITEMS`.
    """
    built = _read(kind, value, kind.__name__)
    assert isinstance(built, kind)
    return built


def plain(value: object) -> dict[str, Any]:
    """The JSON form of a dataclass; `read` takes it back unchanged."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"no dataclass: {value!r}")
    written = _plain(value)
    assert isinstance(written, dict)
    return written


def clean_text(raw: str, longest: int = 200) -> str:
    """A text from untrusted bytes as `read` accepts it: printable, shortened to `longest`."""
    shown = (char if char.isprintable() else " " for char in raw[: longest * 4])
    return " ".join("".join(shown).split())[:longest]


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _read(kind: Any, value: object, place: str) -> object:
    origin = typing.get_origin(kind)
    if origin is types.UnionType or origin is typing.Union:
        return _read_optional(kind, value, place)
    if origin is typing.Literal:
        if isinstance(value, str) and value in typing.get_args(kind):
            return value
        raise SchemaError(f"{place}: not one of the known words")
    if origin is tuple:
        return _read_tuple(kind, value, place)
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, value, place)
    return _read_scalar(kind, value, place)


def _read_optional(kind: Any, value: object, place: str) -> object:
    kinds = [k for k in typing.get_args(kind) if k is not type(None)]
    if value is None:
        return None
    if len(kinds) != 1:
        raise TypeError(f"{place}: only `X | None` unions are read")
    return _read(kinds[0], value, place)


def _read_tuple(kind: Any, value: object, place: str) -> tuple[object, ...]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise SchemaError(f"{place}: no list, or too long")
    kinds = typing.get_args(kind)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], item, f"{place}[]") for item in value)
    if len(kinds) != len(value):
        raise SchemaError(f"{place}: {len(kinds)} values expected")
    return tuple(_read(k, v, f"{place}[]") for k, v in zip(kinds, value, strict=True))


def _read_dataclass(kind: Any, value: object, place: str) -> object:
    if not isinstance(value, Mapping):
        raise SchemaError(f"{place}: no object")
    hints = typing.get_type_hints(kind)
    names = {field.name for field in dataclasses.fields(kind)}
    if set(value) != names:
        raise SchemaError(f"{place}: keys differ: {sorted(names ^ set(value))[:5]}")
    built: object = kind(
        **{name: _read(hints[name], value[name], f"{place}.{name}") for name in sorted(names)}
    )
    return built


def _read_scalar(kind: Any, value: object, place: str) -> object:
    if type(value) is not kind:
        raise SchemaError(f"{place}: {kind.__name__} expected")
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        raise SchemaError(f"{place}: integer out of range")
    if isinstance(value, str) and (len(value) > MAX_TEXT or not value.isprintable()):
        raise SchemaError(f"{place}: text too long or not printable")
    return value
