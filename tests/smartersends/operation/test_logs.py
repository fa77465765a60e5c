"""Log lines: one object each, about a request, a mailing and a delivery, and about nobody in particular."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from campaigns.delivery.tasks import dispatch, plan, sweep
from campaigns.models import Delivery
from groups.audiences.syncing import sync_contacts
from groups.models import Contact, Group
from groups.watching.context import bound
from smartersends.operation.discretion import without_people, without_values
from smartersends.operation.logs import ContextFilter, JsonFormatter, LineFormatter
from tests.builders import Cast, a_contact
from tests.campaigns.builders import a_connected, a_mailing
from tests.sandbox_server import API_KEY, RunningSandbox


class Written(logging.StreamHandler[io.StringIO]):
    """A handler that writes as production does, and can be read."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__(io.StringIO())
        self.setFormatter(formatter)
        self.addFilter(ContextFilter())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(params=[JsonFormatter])
def written(request: pytest.FixtureRequest) -> Iterator[Written]:
    """Takes all that is logged from now on, down to the smallest."""
    handler, root = Written(request.param()), logging.getLogger()
    level = root.level
    chatty = logging.getLogger("smartersends.requests")
    chatty_level = chatty.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    chatty.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    chatty.setLevel(chatty_level)


@pytest.mark.django_db
def test_a_mailing_is_sent_and_the_log_names_it_and_nobody(
    cast: Cast, client: Client, sandbox: RunningSandbox, written: Written, django_capture_on_commit_callbacks: Any
) -> None:
    workspace = a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, people=3)
    people = list(Contact.objects.filter(brand=cast.brand).values_list("email", "external_id"))
    mailing.author = cast.sender
    mailing.save()
    client.force_login(cast.sender)
    sandbox.fail("/messages/schedule/create", 503, count=1)

    client.post(reverse("campaigns:mailing-send", args=[mailing.pk]), {"revision": mailing.revision})
    delivery = Delivery.objects.get(mailing=mailing)
    sync_contacts(workspace.pk)
    plan(str(delivery.pk))
    dispatch(str(workspace.pk))
    sweep()

    about_it = [line for line in written.lines if line.get("mailing") == str(mailing.pk)]
    asked = next(line for line in about_it if line.get("view") == "campaigns:mailing-send")
    assert (asked["status"], asked["brand"], len(asked["request"])) == (302, cast.brand.slug, 32)
    assert len(people) == 3
    secrets = [API_KEY, cast.sender.email, cast.sender.name, *(part for person in people for part in person)]
    assert [secret for secret in secrets if secret in written.text] == []


@pytest.mark.django_db
def test_tasks_name_their_delivery_and_brand(
    cast: Cast, sandbox: RunningSandbox, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, people=2)
    from campaigns.delivery import tasks
    from campaigns.delivery.services import send

    send(mailing=mailing, actor=mailing.author)
    delivery = mailing.deliveries.get()
    log = logging.getLogger("campaigns.delivery.planning")
    monkeypatch.setattr(tasks, "run_plan", lambda *_args, **_options: log.warning("plan.tried tries=%s", 2))

    plan(str(delivery.pk))

    (line,) = [line for line in written.lines if line["message"] == "plan.tried tries=2"]
    told = {name: line[name] for name in ("task", "delivery", "mailing", "brand", "tries", "level", "logger")}
    assert told == {
        "task": "campaigns.delivery.plan",
        "delivery": str(delivery.pk),
        "mailing": str(mailing.pk),
        "brand": cast.brand.slug,
        "tries": 2,
        "level": "warning",
        "logger": "campaigns.delivery.planning",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("written", [JsonFormatter, LineFormatter], indirect=True)
def test_of_an_error_stay_its_type_and_place_and_not_the_values_of_its_row(written: Written, group: Group) -> None:
    known = a_contact(brand=group.brand, email="ann.example@northwind.example", external_id="ann-7")

    try:
        with transaction.atomic():
            Contact.objects.create(brand=group.brand, external_id=known.external_id, email=known.email)
    except IntegrityError:
        logging.getLogger("tests").exception("contact.unwritten contact=%s", known.pk)

    assert "IntegrityError" in written.text
    assert str(known.pk) in written.text
    assert "test_logs.py" in written.text
    assert known.external_id not in written.text
    assert known.email not in written.text


@pytest.fixture
def group(cast: Cast) -> Group:
    return cast.store


def test_a_path_that_is_somebodys_own_does_not_stand_in_djangos_lines(written: Written) -> None:
    request = RequestFactory().get("/u/token-of-somebody/")

    logging.getLogger("django.request").error(
        "%s: %s", "Not Found", request.path, extra={"request": request, "status_code": 404}
    )

    assert [line["message"] for line in written.lines] == ["Not Found: an unknown address"]


def test_a_line_for_people_says_what_it_is_about() -> None:
    formatter = LineFormatter()
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "mail to %s waits", ("ann@example.com",), None)

    with bound(mailing="m-1"):
        ContextFilter().filter(record)

    assert formatter.format(record).endswith("INFO x mail to [address] waits mailing=m-1")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mail to Ann <ann.o'hara+x@mail.example.co.uk> waits", "Mail to Ann <[address]> waits"),
        ("Bearer abcdef was refused", "Bearer [key] was refused"),
        ("redis://:secret@redis:6379/0 is away", "redis://[password]@redis:6379/0 is away"),
        ("delivery=8b0f2c3e-1111-4222-8333-444455556666 moved", "delivery=8b0f2c3e-1111-4222-8333-444455556666 moved"),
        ("view=account_reset_password_from_key_done", "view=account_reset_password_from_key_done"),
        ("token Zk3-q8Lw_xZk3-q8Lw_xZk3-q8Lw_xZk3 came", "token [key] came"),
        ("found Zk3-q8Lw_xZk3-q8Lw_xZk3-q8Lw_xZk3 there", "found [key] there"),
    ],
)
def test_addresses_keys_and_passwords_are_taken_out_of_texts(text: str, left: str) -> None:
    assert without_people(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            (
                'duplicate key value violates unique constraint "contact_once"\n'
                "DETAIL:  Key (external_id)=(ann) already exists."
            ),
            "duplicate key value violates unique constraint […]",
        ),
        ("invalid literal for int() with base 10: 'Ann'", "invalid literal for int[…] with base 10: […]"),
        ("“Ann” is no date", "[…] is no date"),
        ("x y " * 200, "x y " * 100),
    ],
)
def test_what_an_error_quotes_is_taken_out_of_its_message(text: str, left: str) -> None:
    assert without_values(text) == left
