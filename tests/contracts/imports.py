"""Shows every contract on imports something it forbids; prints what went unnoticed.

`python -m tests.contracts.imports`: a process of its own, because import-linter reads its classes
with `dir()`, which trips over the interfaces that Twisted hangs on them once Channels is loaded.
"""

import sys
from copy import deepcopy
from dataclasses import dataclass

from grimp import ImportGraph, build_graph
from importlinter.application.use_cases import _register_contract_types, read_user_options
from importlinter.application.user_options import UserOptions
from importlinter.configuration import configure
from importlinter.domain.contract import Contract, registry

# (how the contract's name begins, importer, imported)
FORBIDDEN = [
    ("storeys", "fieldsvc.kernel.journal", "signaling.rooms"),
    ("storeys", "signaling.rooms", "inspections.people.models"),
    ("storeys", "inspections.people.services", "fieldsvc.settings"),
    ("inside the assembly", "fieldsvc.headers", "fieldsvc.settings"),
    ("inside the assembly", "fieldsvc.api", "fieldsvc.urls"),
    ("slices", "inspections.people.models", "inspections.cases.models"),
    ("inside a slice", "inspections.bookings.states", "inspections.bookings.rules"),
    ("inside a slice", "inspections.reports.wording", "inspections.reports.content"),
    ("inside a slice", "inspections.evidence.media", "inspections.evidence.services.copies"),
    (
        "inside a slice",
        "inspections.inspection.selectors",
        "inspections.inspection.services.closing",
    ),
    ("doors", "inspections.cases.api", "inspections.people.api"),
    ("doors", "inspections.results.services", "inspections.inspection.api.desk"),
    ("doors", "inspections.results.subscribers", "inspections.evidence.gateways"),
    ("pure modules", "inspections.cases.rules", "django.db"),
    ("pure modules", "signaling.media.engine", "channels"),
    ("services, selectors", "inspections.results.services", "httpcore"),
    ("services, selectors", "inspections.inspection.services.closing", "celery"),
]
# (how the contract's name begins, a module nobody gave a floor)
UNPLACED = [
    ("inside the assembly", "fieldsvc.extra"),
    ("slices", "inspections.extra"),
    ("inside a slice", "inspections.people.extra"),
]


@dataclass(frozen=True, slots=True)
class House:
    """Our import graph and the contracts that pyproject.toml states for it."""

    graph: ImportGraph
    options: UserOptions

    def keeps(self, start: str, graph: ImportGraph) -> bool:
        return self._contract(start).check(deepcopy(graph), verbose=False).kept

    def _contract(self, start: str) -> Contract:
        [found] = [one for one in self.options.contracts_options if one["name"].startswith(start)]
        kind = registry.get_contract_class(found["type"])
        return kind(found["name"], self.options.session_options, found)


def house() -> House:
    configure()
    options = read_user_options("pyproject.toml")
    _register_contract_types(options)
    roots = options.session_options["root_packages"]
    return House(build_graph(*roots, include_external_packages=True), options)


def unnoticed(ours: House) -> list[str]:
    """The examples that their contract lets pass, or that name a module which is gone."""
    names = sorted({name for name, *_ in (*FORBIDDEN, *UNPLACED)})
    found = [f"{name}: broken already" for name in names if not ours.keeps(name, ours.graph)]
    for name, importer, imported in FORBIDDEN:
        graph = deepcopy(ours.graph)
        gone = importer not in graph.modules
        graph.add_import(importer=importer, imported=imported)
        if gone or ours.keeps(name, graph):
            found.append(f"{name}: {importer} -> {imported}")
    for name, module in UNPLACED:
        graph = deepcopy(ours.graph)
        graph.add_module(module)
        if ours.keeps(name, graph):
            found.append(f"{name}: {module}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(unnoticed(house())) or None)
