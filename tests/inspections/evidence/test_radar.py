"""A picture that was handed in for another case is found again, cropped and re-encoded too."""

import random
from io import BytesIO

import av
import pytest
from PIL import Image

from fieldsvc.kernel import hashing
from fieldsvc.kernel.journal import SYSTEM
from inspections.evidence import selectors, services
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.services import Circumstances
from inspections.evidence.states import Purpose
from tests.inspections.pictures import picture_bytes
from tests.support import footage

pytestmark = pytest.mark.django_db
HOW = Circumstances(Purpose.STILL, item="CY01")


def frame(clip: str) -> Image.Image:
    with av.open(str(footage.clip_path(clip))) as container:
        image: Image.Image = next(container.decode(video=0)).to_image()  # type: ignore[no-untyped-call]
    return image


def encoded(image: Image.Image, kind: str = "JPEG", quality: int = 85) -> bytes:
    target = BytesIO()
    image.save(target, kind, quality=quality)
    return target.getvalue()


def case(number: int) -> Dossier:
    return services.open_dossier(f"云勘验 {number}", scope="bureau-1", actor=SYSTEM)


def take(dossier: Dossier, data: bytes) -> EvidenceItem:
    item = services.admit(dossier, BytesIO(data), hashing.sha256_hex(data), HOW, actor=SYSTEM)
    services.look_for(item.pk)
    return item


def derived(image: Image.Image) -> dict[str, bytes]:
    width, height = image.size
    chance = random.Random(5)
    made = {
        "re-encoded": encoded(image, quality=30),
        "as webp": encoded(image, "WEBP"),
        "half the size": encoded(image.resize((width // 2, height // 2))),
        "brighter": encoded(image.point(lambda value: min(255, value + 20))),
    }
    for part in (0.95, 0.85, 0.7):
        left, top = (int(side * (1 - part) * chance.random()) for side in image.size)
        cut = image.crop((left, top, left + int(width * part), top + int(height * part)))
        made[f"cropped to {part}"] = encoded(cut, quality=60)
    return made


def test_a_picture_of_another_case_is_seen_again_however_it_was_dressed_up() -> None:
    image = frame("bikes.mp4")
    first = take(case(1), encoded(image))
    missed = []
    for number, (how, data) in enumerate(derived(image).items(), start=2):
        dossier = case(number)
        item = take(dossier, data)
        seen = selectors.seen_before([item]).get(item.pk, [])
        if first.pk not in {one.evidence for one in seen}:
            missed.append(how)
        kinds = {entry.kind for entry in selectors.custody_entries(dossier)}
        assert kinds == {"evidence.seen_before"}, how
    assert missed == []


def test_a_crop_handed_in_first_gives_the_whole_picture_away() -> None:
    image = frame("bikes.mp4")
    width, height = image.size
    crop = take(case(1), encoded(image.crop((0, 0, int(width * 0.8), int(height * 0.75)))))
    whole = take(case(2), encoded(image))
    assert selectors.seen_before([whole])[whole.pk][0].evidence == crop.pk


def test_other_pictures_raise_no_alarm_and_neither_does_ones_own_case() -> None:
    own = case(1)
    items = [take(own, encoded(frame("bikes.mp4"))), take(own, encoded(frame("bikes.mp4"), "PNG"))]
    items.append(take(case(2), encoded(frame("bigbuckbunny.mp4"))))
    items += [take(case(3 + shade), picture_bytes(shade=shade)) for shade in range(3)]
    items.append(take(case(9), encoded(Image.new("RGB", (640, 480), "white"))))
    items.append(take(case(10), encoded(Image.new("RGB", (640, 480), "ivory"))))
    assert selectors.seen_before(items) == {}


def test_looking_twice_tells_once() -> None:
    data = encoded(frame("bikes.mp4"))
    take(case(1), data)
    dossier = case(2)
    again = take(dossier, data)
    assert services.look_for(again.pk) == 1
    assert len(selectors.custody_entries(dossier)) == 1
