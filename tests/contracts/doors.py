"""The contract that a slice's doors are its own; import-linter runs it by the name in pyproject."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):  # type: ignore[misc]
    """A door of a slice is imported by that slice and by the assembly, by nobody else.

    The contracts that come with import-linter name importers for all slices at once, which would
    let one slice through the door of another.
    """

    type_name = "doors"

    slices = fields.StringField()
    doors = fields.ListField(subfield=fields.StringField())
    assembly = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        output.verbose_print(verbose, "Looking for importers of doors...")
        strangers = sorted(
            f"{importer} -> {module}"
            for slice_ in graph.find_children(self.slices)
            for door in self.doors
            for module in _package(graph, f"{slice_}.{door}")
            for importer in graph.find_modules_that_directly_import(module)
            if not any(_within(importer, home) for home in [slice_, *self.assembly])
        )
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["strangers"]:
            output.print_error(f"- {line}")


def _package(graph: ImportGraph, name: str) -> set[str]:
    return {name} | graph.find_descendants(name) if name in graph.modules else set()


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
