"""A channel layer that loses half of what is said to groups, by a seeded chance."""

import random
from typing import Any

from channels.layers import InMemoryChannelLayer

SEED = 20261122


class LossyLayer(InMemoryChannelLayer):  # type: ignore[misc]
    """Put its dotted name into CHANNEL_LAYERS; `lost` counts what nobody got."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._chance = random.Random(SEED)
        self.sent = 0
        self.lost = 0

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.sent += 1
        if self._chance.random() < 0.5:
            self.lost += 1
            return
        await super().group_send(group, message)
