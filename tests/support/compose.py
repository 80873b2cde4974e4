"""The production topology as docker-compose.yml states it: commands and environment."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
_VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::\?[^}]*)?\}")


@dataclass(frozen=True)
class Service:
    name: str
    command: list[str]
    environment: dict[str, str]


def _fill(text: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda m: "$" if m.group(0) == "$$" else values[m.group(1)], text)


def services(values: dict[str, str], names: tuple[str, ...]) -> list[Service]:
    """The named services, each ${VARIABLE} filled from `values`; an unknown one is an error."""
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    found = []
    for name in names:
        service = document["services"][name]
        stated = service.get("environment", {})
        environment = {k: _fill(str(v), values) for k, v in stated.items()}
        command = shlex.split(_fill(service["command"], values))
        found.append(Service(name, command, environment))
    return found
