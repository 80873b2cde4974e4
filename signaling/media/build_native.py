"""Compiles the packet path: `python -m signaling.media.build_native`, with the test tools there.

mypyc (MIT, part of mypy) takes the annotations that the house asks for anyway; nothing is written
in another language, and nothing is different without it but the price.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from mypyc.build import mypycify
from setuptools import Distribution

from signaling.media.native import BUILT, SOURCE, folder

MODULES: Final = (
    "arrivals",
    "assemble",
    "bandwidth",
    "datagrams",
    "ebml",
    "ends",
    "feedback",
    "forward",
    "gang",
    "gaps",
    "ingress",
    "items",
    "journal",
    "kerneltime",
    "linemeter",
    "mmsg",
    "numbering",
    "pump",
    "recorder",
    "rtp",
    "segmenter",
    "segments",
    "sink",
    "thinning",
    "timeline",
    "uplink",
    "webm",
    "wire",
)
"""On every packet's way, or met ten times a second; the rest would gain nothing."""


def build() -> Path:
    """Compile, unless this source is compiled already; what was made of earlier ones goes."""
    target = folder()
    if not target.is_dir():
        with tempfile.TemporaryDirectory() as scratch:
            _settle(_compiled(Path(scratch)), target)
    return target


def _compiled(scratch: Path) -> Path:
    package, root = SOURCE.relative_to(SOURCE.parents[1]), SOURCE.parents[1]
    os.chdir(root)  # a module's name is told from its path
    options = ["--config-file=", f"--cache-dir={scratch / 'mypy'}", "--follow-imports=silent"]
    extensions = mypycify(
        [*options, "--ignore-missing-imports", *(f"{package / name}.py" for name in MODULES)],
        opt_level="3",
        debug_level="0",
        target_dir=str(scratch / "c"),
        group_name=".".join((*package.parts, "packet_path")),
    )
    work = Distribution({"name": "packet-path", "ext_modules": extensions})
    command = work.get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(scratch / "lib"), str(scratch / "temp")
    work.run_command("build_ext")
    return scratch / "lib" / package


def _settle(made: Path, target: Path) -> None:
    BUILT.mkdir(exist_ok=True)
    for old in BUILT.iterdir():
        shutil.rmtree(old)
    part = target.with_suffix(".part")
    shutil.copytree(made, part)
    part.rename(target)  # whole, or not there


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
