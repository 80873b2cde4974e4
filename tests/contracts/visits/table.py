"""The second table, put together: every `rows_<slice>.py` beside this file."""

import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

import tests.contracts.visits as here
from tests.contracts.visits.who import Route


def modules(start: str) -> list[ModuleType]:
    """The modules of this package whose name begins with `start`, by name."""
    names = sorted(one.name for one in pkgutil.iter_modules(here.__path__))
    return [import_module(f"{here.__name__}.{name}") for name in names if name.startswith(start)]


def rows() -> dict[str, Route]:
    """ "METHOD /path" → who may; a route that two slices claim raises ValueError."""
    found: dict[str, Route] = {}
    for module in modules("rows_"):
        table: Mapping[str, Route] = module.ROWS
        twice = found.keys() & table.keys()
        if twice:
            raise ValueError(f"{module.__name__} repeats {sorted(twice)}")
        found.update(table)
    return found


def furnishers() -> list[Callable[..., Mapping[str, str]]]:
    """What each `world_<slice>.py` adds to the world: `add(setting) -> values`."""
    return [module.add for module in modules("world_")]
