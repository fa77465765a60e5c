"""Each request has an id, which the answer, the log and the tasks that it starts carry."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from celery import current_app, shared_task
from django.db import transaction
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY

from groups.watching.context import about, bind, bound
from smartersends.celery import REQUEST_HEADER, PortalTask
from tests.builders import Cast
from tests.campaigns.builders import a_mailing

pytestmark = pytest.mark.django_db


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "smartersends.requests"]


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("req-0123.ABC_def", True), ("a" * 64, True), ("short", False), ("a" * 65, False), ("ann@example.com", False)],
)
def test_an_id_that_the_proxy_gave_is_kept_and_anything_else_is_not(
    cast: Cast, client: Client, given: str, is_kept: bool
) -> None:
    answer = client.get("/accounts/login/", headers={"x-request-id": given})

    assert (answer.headers["x-request-id"] == given) is is_kept
    assert is_kept or re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])


def test_the_line_of_a_request_says_what_it_was_about(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    mailing = a_mailing(group=cast.store)
    client.force_login(cast.author)
    caplog.set_level(logging.INFO, "smartersends.requests")
    seen: list[dict[str, str]] = []
    caplog.handler.addFilter(lambda record: seen.append(dict(about())) or True)

    answer = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk]))

    (line,) = lines(caplog)
    assert line.args[:3] == ("campaigns:mailing-edit", "GET", 200)  # type: ignore[index]
    assert seen[-1] == {
        "request": answer.headers["x-request-id"],
        "brand": cast.brand.slug,
        "mailing": str(mailing.pk),
    }
    assert about() == {}


def test_requests_are_counted_by_view_and_what_is_no_address_has_one_name(cast: Cast, client: Client) -> None:
    def count(view: str, status: str) -> float:
        labels = {"view": view, "method": "GET", "status": status}
        return REGISTRY.get_sample_value("smartersends_requests_total", labels) or 0.0

    before = count("account_login", "200"), count("none", "404")
    client.get("/accounts/login/")
    client.get("/no/such/page/1/")
    client.get("/no/such/page/2/")

    assert (count("account_login", "200"), count("none", "404")) == (before[0] + 1, before[1] + 2)
    assert REGISTRY.get_sample_value("smartersends_request_seconds_count", {"view": "account_login"}) >= 1  # type: ignore[operator]


def test_a_task_is_told_which_request_it_comes_from_and_what_it_is_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[dict[str, str]] = []
    sent: list[dict[str, Any]] = []

    @shared_task(name="tests.watched")
    def watched(delivery_id: str, note: str = "") -> None:
        seen.append(dict(about()))

    monkeypatch.setattr(
        "kombu.messaging.Producer.publish", lambda self, body, **options: sent.append(options["headers"])
    )
    with bound(request="req-from-a-page"), transaction.atomic():
        watched.delay("d-1", note="Ann Example")

    task: PortalTask = current_app.tasks["tests.watched"]
    task.push_request(id="task-1", **{REQUEST_HEADER: sent[0][REQUEST_HEADER]})
    try:
        task("d-1", note="Ann Example")
    finally:
        task.pop_request()
    del current_app.tasks["tests.watched"]

    assert seen == [{"task": "tests.watched", "task_id": "task-1", "request": "req-from-a-page", "delivery": "d-1"}]
    assert about() == {}


def test_what_is_bound_within_a_piece_of_work_ends_with_it() -> None:
    with bound(delivery=1):
        bind(mailing=2)
        inner = dict(about())
        with bound(delivery=3):
            innermost = dict(about())

    assert inner == {"delivery": "1", "mailing": "2"}
    assert innermost == {"delivery": "3", "mailing": "2"}
    assert about() == {}
