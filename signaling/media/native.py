"""The packet path compiled ahead: mypyc (MIT) makes machine code of the same typed source.

What `python -m signaling.media.build_native` made lies in a folder beside the source that bears a
digest of it. What was made of any other source, or for another Python, is never loaded: the engine
then runs interpreted, does the same, and costs about a quarter more.
"""

import hashlib
import logging
import os
import sysconfig
from functools import cache
from pathlib import Path
from typing import Final

logger: Final = logging.getLogger(__name__)
SOURCE: Final = Path(__file__).parent
BUILT: Final = SOURCE / ".native"


@cache
def folder() -> Path:
    """Where what is made of this source, for this Python, lies or would lie."""
    digest = hashlib.sha256(str(sysconfig.get_config_var("EXT_SUFFIX")).encode())
    for path in sorted(SOURCE.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return BUILT / digest.hexdigest()[:20]


def search_path() -> list[str]:
    """What goes before the source in the package's path; nothing if it is to be interpreted."""
    # Needed before any setting can be read: by whoever imports this package first.
    wanted = os.environ.get("RTC_COMPILED", "true").lower() != "false"
    return [str(folder())] if wanted and folder().is_dir() else []


def in_use() -> bool:
    """Whether this process runs the compiled packet path."""
    from signaling.media import rtp

    return not rtp.__file__.endswith(".py")


def told() -> bool:
    """Say in the log which of the two this process runs; whether it is the compiled one."""
    compiled = in_use()
    if compiled:
        logger.info("the packet path runs compiled")
    else:
        logger.warning("the packet path runs interpreted: a call costs more on this node")
    return compiled
