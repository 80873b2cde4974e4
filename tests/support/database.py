"""How a child process reaches the database of the running test."""

from pathlib import Path
from urllib.parse import quote

from django.db import connection


def child_env() -> dict[str, str]:
    """Variables for a child; the test must be `django_db(transaction=True)` to be seen at all."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"VAR_DIR": str(Path(given["NAME"]).parent), "DATABASE_URL": ""}
    user = quote(given["USER"])
    password = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    place = f"{given['HOST']}:{given['PORT']}"
    return {"DATABASE_URL": f"postgresql://{user}{password}@{place}/{given['NAME']}"}
