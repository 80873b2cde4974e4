"""Time, ids, digests and masks: the small values everything else is made of."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsvc.kernel import clock, hashing, ids, masking

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_the_clock_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_another_clock_is_in_charge_for_its_block_and_in_every_thread():
    seen: list[datetime] = []
    with clock.using(clock.FixedClock(NOON)) as fixed:
        thread = Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        assert fixed.advance(timedelta(hours=1)) == clock.now()
    assert seen == [NOON]
    assert clock.now() != NOON


def test_a_stepping_clock_never_shows_one_instant_twice():
    with clock.using(clock.SteppingClock(NOON)):
        assert clock.now() < clock.now()


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        clock.FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001


def test_instants_are_written_in_utc_with_microseconds():
    beijing = timezone(timedelta(hours=8))
    assert clock.iso(datetime(2026, 11, 23, 12, tzinfo=beijing)) == "2026-11-23T04:00:00.000000Z"


def test_ids_are_uuid_version_7_and_sort_by_creation():
    made = [ids.new() for _ in range(10_000)]
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}
    assert made == sorted(made)
    assert len(set(made)) == 10_000


def test_an_id_tells_the_millisecond_it_was_made_in():
    millis = ids.new().int >> 80
    assert abs(millis / 1000 - datetime.now(UTC).timestamp()) < 60  # noqa: TID251  the stamp is held against the real clock


def test_tokens_are_url_safe_and_long_enough():
    made = {ids.token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) >= 22 and one.replace("-", "").replace("_", "").isalnum() for one in made)


def test_the_canonical_form_sorts_by_utf16_and_knows_mappings_and_tuples():
    assert (
        hashing.canonical({"b": (1, 2.0), "a": {"中": None}})
        == b'{"a":{"\xe4\xb8\xad":null},"b":[1,2]}'
    )


def test_what_json_cannot_say_exactly_is_refused():
    for value in (float("nan"), 2**60):
        with pytest.raises(ValueError):
            hashing.canonical({"n": value})


@given(st.binary(max_size=5000))
def test_a_stream_is_read_once_into_both_digests(data: bytes):
    digests = hashing.digest_stream(BytesIO(data))
    assert digests.sha256 == hashlib.sha256(data).hexdigest() == hashing.sha256_hex(data)
    assert digests.sm3 == hashlib.new("sm3", data).hexdigest()
    assert digests.size == len(data)


def test_the_sm3_digest_is_that_of_the_standards_example():
    # GB/T 32905-2016, annex A.1: the message "abc".
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hashing.digest_stream(BytesIO(b"abc")).sm3 == expected


def test_the_same_value_with_another_salt_has_another_digest():
    assert hashing.salted("a", "王") != hashing.salted("b", "王")


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (masking.mask_name, "王勘验", "王**"),
        (masking.mask_name, "李", "李"),
        (masking.mask_phone, "13800001234", "138****1234"),
        (masking.mask_id, "370306199001011234", "370***********1234"),
        (masking.mask_credit_code, "91370306MA3TEST12X", "9137**********T12X"),
        (masking.mask_address, "周村区丝绸路街道12号3单元401", "周村区丝绸路" + "*" * 11),
        (masking.mask_phone, "1234", "1***"),
        (masking.mask_name, "", ""),
    ],
)
def test_masks_keep_enough_to_recognise(mask, value: str, shown: str):
    assert mask(value) == shown


@given(st.text(alphabet="0123456789Xx路号中", min_size=3, max_size=40))
def test_no_mask_shows_more_than_half_plus_the_ends(value: str):
    for mask in (masking.mask_phone, masking.mask_id, masking.mask_credit_code):
        assert len(mask(value)) == len(value.strip())
        assert "*" in mask(value)
