"""Reports to Sentry hold where something broke, and nobody's name, address, mail or key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
import sentry_sdk
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from campaigns.delivery import views
from smartersends.operation import sentry
from tests.builders import Cast
from tests.campaigns.builders import a_mailing


class Kept(Transport):
    """A transport that keeps what would have been sent."""

    sent: ClassVar[list[dict[str, Any]]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keeps the event of an envelope."""
        event = envelope.get_event()
        if event is not None:
            self.sent.append(event)


@pytest.fixture
def reports(settings: Settings) -> Iterator[list[dict[str, Any]]]:
    settings.SENTRY_DSN = "https://public@sentry.example/1"
    Kept.sent = []
    with sentry_sdk.isolation_scope():
        sentry.set_up(transport=Kept)
        yield Kept.sent
    sentry_sdk.init(dsn="")


@pytest.mark.django_db
def test_a_page_that_breaks_is_reported_without_anything_of_anybody(
    cast: Cast, client: Client, reports: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = a_mailing(group=cast.store)
    client.force_login(cast.sender)
    client.raise_request_exception = False

    def fail(*, mailing: object, actor: Any) -> None:
        secret = f"{actor.email} and {actor.name}"
        raise ValueError(f"{secret!r} could not be sent to ann@example.com")

    monkeypatch.setattr(views.services, "send", fail)
    address = f"{reverse('campaigns:mailing-send', args=[mailing.pk])}?who=ann@example.com"
    client.post(address, {"revision": mailing.revision, "note": "Dear Ann Example"}, headers={"cookie2": "x=secret-1"})

    (report,) = reports
    (error,) = report["exception"]["values"]
    told = repr(report)
    assert (error["type"], error["value"]) == ("ValueError", "[…] could not be sent to [address]")
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert report["tags"]["mailing"] == str(mailing.pk)
    assert report["tags"]["brand"] == cast.brand.slug
    assert set(report) <= {
        *("event_id", "timestamp", "level", "platform", "logger", "environment", "sdk", "tags", "transaction"),
        *("exception", "release"),
    }
    for secret in (cast.sender.email, cast.sender.name, "Ann", "ann@", "secret", "sessionid", "csrf"):
        assert secret not in told, secret


@pytest.mark.django_db
def test_a_line_that_is_logged_as_an_error_is_reported_without_its_values(reports: list[dict[str, Any]]) -> None:
    import logging

    logging.getLogger("tests").error("%s <%s> was not told", "Ann Example", "ann@example.com", extra={"name_": "Ann"})

    (report,) = reports
    assert report["logentry"] == {"message": "%s <%s> was not told"}
    assert "Ann" not in repr(report)


def test_without_an_address_nothing_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SENTRY_DSN = ""
    started: list[object] = []
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: started.append(options))

    sentry.set_up()

    assert started == []


def test_an_address_without_the_extra_is_refused_at_the_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smartersends import checks

    settings.SENTRY_DSN = "https://public@sentry.example/1"
    monkeypatch.setattr(checks, "is_installed", lambda: False)

    assert [found.id for found in checks.reports_and_numbers_can_be_made(None)] == ["smartersends.E005"]
