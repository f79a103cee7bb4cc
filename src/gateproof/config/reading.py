"""Reading the settings from pyproject.toml, checked whole before anything begins."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from gateproof.config import tables
from gateproof.config.mistakes import mistakes_of
from gateproof.config.tables import Settings
from gateproof.errors import UsageError


def load_settings(root: Path) -> Settings:
    """Read the settings of the project at `root`.

    Raises UsageError, naming every mistake at once, when pyproject.toml is missing, broken or says something unknown.
    """
    path = root / "pyproject.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; run this in the project's folder.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}. Mend that line.") from None
    except OSError as error:
        raise UsageError(f"{path} could not be read: {error.strerror}.") from None
    table = document.get("tool", {}).get("gateproof")
    if table is None:
        raise UsageError(f'{path} has no [tool.gateproof]; add it with product = "NAME".')
    return parse_settings(table, path.name)


def parse_settings(table: object, where: str) -> Settings:
    """Turn the table into settings, or raise one UsageError that names every mistake in it."""
    # Imported here: whoever only verifies a delivery never pays for it.
    from cattrs import BaseValidationError, transform_error

    try:
        settings: Settings = _converter().structure({"settings": table}, _Document).settings
    except BaseValidationError as error:
        mistakes = "; ".join(map(_in_the_file, transform_error(error)))
        raise UsageError(
            f"{where} says something in [tool.gateproof] that is not understood: {mistakes}."
        ) from None
    if wrong := "; ".join(mistakes_of(settings)):
        raise UsageError(f"{where}: {wrong}.")
    return settings


def _in_the_file(mistake: str) -> str:
    words, at, path = mistake.partition(" @ $.settings")
    return words + (f" at tool.gateproof{path.replace('_', '-')}" if at else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Document:
    settings: Settings


def _converter() -> Any:
    """A converter that takes kebab-case keys, and refuses unknown keys and wrong types instead of bending them."""
    from cattrs import Converter
    from cattrs.gen import make_dict_structure_fn, override

    converter = Converter(forbid_extra_keys=True)
    for type_, accepted in ((str, (str,)), (float, (float, int)), (int, (int,))):
        converter.register_structure_hook(type_, _only(*accepted))
    converter.register_structure_hook(bool, _true_or_false)
    converter.register_structure_hook_factory(
        _is_tuple, lambda type_: _only(list, then=_from_list(converter, type_))
    )
    named = [one for one in vars(tables).values() if isinstance(one, type) and is_dataclass(one)]
    for table in (*named, _Document):
        renamed: Any = {item.name: override(rename=item.name.replace("_", "-")) for item in fields(table)}
        hook: Any = make_dict_structure_fn(table, converter, **renamed)
        converter.register_structure_hook(table, _only(dict, then=hook))
    return converter


def _is_tuple(type_: Any) -> bool:
    return get_origin(type_) is tuple


def _from_list(converter: Any, type_: Any) -> Callable[[Any, Any], object]:
    items: Any = list[get_args(type_)[0]]  # type: ignore[misc]
    return lambda value, _: tuple(converter.structure(value, items))


def _only(*types: type, then: Callable[[Any, Any], object] | None = None) -> Callable[[Any, Any], object]:
    """Accept just these types: a converter that turns 7 into "7", or "ab" into ("a", "b"), hides a mistake."""

    def structure(value: object, wanted: object) -> object:
        if not isinstance(value, types) or isinstance(value, bool):
            raise ValueError(f"{value!r} is not a {types[0].__name__}")
        return then(value, wanted) if then else value

    return structure


def _true_or_false(value: object, _: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value
