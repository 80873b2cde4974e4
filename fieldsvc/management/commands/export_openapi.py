"""`manage.py export_openapi [FILE]`: the API's OpenAPI schema as JSON, keys sorted."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.urls import get_script_prefix

from fieldsvc.api import api


class Command(BaseCommand):
    help = "Write the OpenAPI schema to FILE, or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        schema = api.get_openapi_schema(path_prefix=f"{get_script_prefix()}api/")
        text = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        target: Path | None = options["file"]
        if target is None:
            self.stdout.write(text, ending="")
        else:
            target.write_text(text, encoding="utf-8")
