"""The keys that sign: published, kept encrypted, taken over one by the other."""

import base64
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from fieldsvc.kernel import journal, outbox
from inspections.results import keys, selectors
from inspections.results.models import WebhookKey
from tests.inspections.cast import Cast
from tests.inspections.results.scene import Handover
from tests.support.receiver import Receiver


def published(key: str) -> list[dict[str, str]]:
    answer = Client().get("/api/webhook-keys", headers={"Authorization": f"Bearer {key}"})
    found: list[dict[str, str]] = answer.json()["keys"]
    return found


def test_a_client_reads_the_keys_of_its_own_bureau_before_the_first_result(cast: Cast) -> None:
    (mine,), (other,) = published(cast.key), published(cast.other_key)
    assert len(base64.b64decode(mine["public_key"])) == 32
    assert mine["public_key"] != other["public_key"]
    assert published(cast.key) == [mine]
    assert Client().get("/api/webhook-keys").status_code == 401


def test_the_published_key_is_the_one_that_signs(handover: Handover, receiver: Receiver) -> None:
    (key,) = published(handover.cast.key)
    handover.send()
    assert receiver.received[0].signed_by(key["public_key"])


def test_two_keys_sign_while_one_takes_over(handover: Handover, receiver: Receiver) -> None:
    keys.ensure_key(handover.cast.bureau.pk)
    old = WebhookKey.objects.get()
    new = keys.add_key(handover.cast.bureau.pk)
    handover.send()
    (item,) = receiver.received
    assert item.signed_by(old.public_key)
    assert item.signed_by(new.public_key)
    keys.retire_key(old)
    handover.send(2)
    assert not receiver.received[1].signed_by(old.public_key)
    assert [key.id for key in selectors.keys_of(handover.cast.bureau.pk)] == [str(new.pk)]
    told = [entry.kind for entry in journal.entries(f"bureau:{handover.cast.bureau.pk}")]
    assert told == ["webhook_key.created", "webhook_key.created", "webhook_key.retired"]


def test_the_private_key_is_stored_encrypted_and_a_copied_database_cannot_sign(
    handover: Handover, receiver: Receiver, settings
) -> None:  # type: ignore[no-untyped-def]
    keys.ensure_key(handover.cast.bureau.pk)
    row = WebhookKey.objects.get()
    assert row.sealed_private_key.startswith("gAAAA")
    settings.SECRET_KEY = "another installation's key, long enough"
    handover.queue()
    outbox.drain()
    assert receiver.received == []


def test_a_new_secret_key_opens_with_the_old_one_until_all_is_sealed_anew(
    handover: Handover, receiver: Receiver, settings
) -> None:  # type: ignore[no-untyped-def]
    keys.ensure_key(handover.cast.bureau.pk)
    before, settings.SECRET_KEY = settings.SECRET_KEY, "the next key of this installation, long"
    settings.SECRET_KEY_FALLBACKS = [before]
    handover.send()
    call_command("webhook_keys", "reseal", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    handover.send(2)
    (row,) = WebhookKey.objects.all()
    assert all(item.signed_by(row.public_key) for item in receiver.received)
    assert len(receiver.received) == 2


def test_keys_are_exchanged_from_the_command_line(cast: Cast) -> None:
    def run(*words: str) -> str:
        out = StringIO()
        call_command("webhook_keys", *words, stdout=out)
        return out.getvalue()

    first, second = (run("add", cast.bureau.code).strip() for _ in range(2))
    run("retire", first)
    listed = run("list")
    assert second in listed
    assert first not in listed
    with pytest.raises(CommandError, match="list"):
        run("retire", first)
