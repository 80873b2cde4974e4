"""S8: what strangers upload is refused by name, or shown only as pixels drawn anew."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from fieldsvc.kernel import pictures
from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.pictures import Wish
from fieldsvc.kernel.pictures.child import Question
from fieldsvc.kernel.pictures.pool import Pool, pool
from inspections.evidence import media
from tests.inspections.evidence import hostile
from tests.inspections.pictures import picture_bytes

CODES = {"media_unsupported", "image_too_large"}
MEMORY_KIB = 200 * 1024


def seen(folder: Path, data: bytes) -> str | bytes:
    """The code of the refusal, or the picture that would be shown."""
    path = folder / "upload"
    path.write_bytes(data)
    try:
        return media.look_at(path, len(data)).picture.small
    except Refusal as refusal:
        return refusal.code


def assert_clean(small: bytes) -> None:
    with Image.open(BytesIO(small)) as image:
        image.load()
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for trace in (b"<script", b"Exif", b"GPS", b"PK\x03\x04", b"<?php", b"ICC_PROFILE"):
        assert trace not in small
    assert small.endswith(b"\xff\xd9")


def peak_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def test_a_hundred_hostile_files_do_no_harm(tmp_path: Path) -> None:
    assert isinstance(seen(tmp_path, picture_bytes()), bytes)
    base = {pid: peak_kib(pid) for pid in pool().pids()}
    bad, good, odd = list(hostile.refused()), list(hostile.taken()), list(hostile.flipped())
    assert len(bad) + len(good) + len(odd) >= 100
    found = {name: seen(tmp_path, data) for name, data in bad}
    assert [name for name, code in found.items() if code not in CODES] == []
    bombs = {name for name in found if name.startswith("png of") and "Mpx" in name}
    assert {found[name] for name in bombs} == {"image_too_large"}
    for name, data in good:
        small = seen(tmp_path, data)
        assert isinstance(small, bytes), f"{name}: {small}"
        assert_clean(small)
    for name, data in odd:
        answer = seen(tmp_path, data)
        if isinstance(answer, bytes):
            assert_clean(answer)
        else:
            assert answer in CODES, name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["upload"]
    for pid in pool().pids():
        assert peak_kib(pid) <= base.get(pid, min(base.values())) + MEMORY_KIB


def test_a_child_that_dies_over_a_file_is_replaced_and_only_that_file_is_refused(
    tmp_path: Path,
) -> None:
    own, pipe = Pool(1), tmp_path / "pipe"
    photo = tmp_path / "photo"
    photo.write_bytes(picture_bytes())
    os.mkfifo(pipe)
    try:
        assert "small" in own.ask(question(photo))
        (pid,) = own.pids()
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(own.ask, question(pipe))
            with pipe.open("wb"):  # returns when the child has begun to read
                os.kill(pid, signal.SIGKILL)
                assert waiting.result(60) == {"refused": "unsupported"}
        assert own.pids() != [pid]
        assert "small" in own.ask(question(photo))
    finally:
        own.close()


def question(path: Path) -> Question:
    return {"path": str(path), "box": [48, 48], "quality": 80, "clip": False, "prints": False}


def test_the_child_knows_no_secret_and_may_write_nothing() -> None:
    for pid in pool().pids():
        names = {
            pair.split(b"=")[0] for pair in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        }
        assert not {name for name in names if b"KEY" in name or b"SECRET" in name or b"URL" in name}
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert any(
            line.split()[:5] == ["Max", "file", "size", "0", "0"] for line in limits.splitlines()
        )


@pytest.mark.parametrize("orientation", [1, 6, 8])
def test_a_turned_photo_is_told_and_shown_upright(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo"
    Image.new("RGB", (400, 200), "navy").save(path, "JPEG", exif=exif)
    found = pictures.look(path, Wish((100, 100)))
    wanted = (400, 200) if orientation == 1 else (200, 400)
    assert (found.width, found.height) == wanted
    with Image.open(BytesIO(found.small)) as image:
        assert image.size == ((100, 50) if orientation == 1 else (50, 100))
