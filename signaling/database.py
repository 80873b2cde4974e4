"""Database work off the event loop, in a few threads of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")

KEPT_SECONDS: Final = 60

# Few: SQLite writes one at a time anyway, and PostgreSQL's connections are dear.
_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="signaling-db")


def _fresh(work: Callable[[], T]) -> T:
    _keep_connections()
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


def _keep_connections() -> None:
    """These few threads live as long as the process: a connection of theirs serves many a call.

    One that broke meanwhile is found out before its first query and made anew.
    """
    for connection in connections.all():
        if connection.connection is None:
            connection.settings_dict = {
                **connections.settings[connection.alias],
                "CONN_MAX_AGE": KEPT_SECONDS,
                "CONN_HEALTH_CHECKS": True,
            }


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in a database thread; the loop goes on meanwhile."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_POOL, _fresh, partial(work, *args, **kwargs))
