"""A receiver and a webhook that leads to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from campaigns.models import Webhook
from campaigns.webhooks.services import CHOSEN, add_webhook
from tests.builders import Cast
from tests.campaigns.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_INSECURE_ADDRESSES = True
    with receiving() as found:
        yield found


@pytest.fixture
def webhook(cast: Cast, receiver: Receiver) -> Webhook:
    found, _secret = add_webhook(
        brand=cast.brand, url=receiver.url, kinds=[kind.value for kind in CHOSEN], actor=cast.admin
    )
    return found
