"""The layer between processes may lose anything; what clients know is right all the same."""

from collections.abc import Iterator

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.db import transaction
from pytest_django import Settings

from signaling.changing import changing
from signaling.database import in_thread
from signaling.models import Room
from tests.signaling.conftest import Scene
from tests.support.lossy import LossyLayer

CHANGES = 2000


@pytest.fixture
def lossy(settings: Settings) -> Iterator[None]:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.support.lossy.LossyLayer"}}
    channel_layers.backends.clear()
    yield


def burst(scene: Scene) -> int:
    """Two thousand changes whose hints all leave at one commit; the version they end with."""
    with transaction.atomic():
        for number in range(CHANGES):
            with changing(scene.room.pk) as room:
                Room.objects.filter(pk=room.pk).update(focus=f"item-{number}")
    return Room.objects.get().version


async def test_everyone_is_at_the_final_version_although_half_is_lost(
    lossy: None, scene: Scene
) -> None:
    clients = [await scene.enter(who) for who in (scene.wang, scene.chen, scene.li)]
    version = await in_thread(burst, scene)
    for client in clients:
        state = await client.state_where(lambda s: s["version"] >= version, seconds=40)
        assert state["focus"] == f"item-{CHANGES - 1}"
    layer = get_channel_layer()
    assert isinstance(layer, LossyLayer)
    assert layer.sent >= CHANGES
    assert 0.4 < layer.lost / layer.sent < 0.6


async def test_a_single_lost_hint_is_made_up_for_by_the_own_look(lossy: None, scene: Scene) -> None:
    wang, chen = await scene.enter(scene.wang), await scene.enter(scene.chen)
    for number in range(8):
        await wang.ask("focus.set", item=f"item-{number}")
        await chen.state_where(lambda s, n=number: s["focus"] == f"item-{n}", seconds=40)  # type: ignore[misc]
