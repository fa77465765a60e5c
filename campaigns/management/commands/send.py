"""`manage.py send`: sends a mailing from a template and a file of values, by the same services as the page."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from campaigns.compose.services import choose_audience, choose_time, save_values, start_mailing
from campaigns.delivery import services
from campaigns.delivery.queries import ledger
from campaigns.errors import Refusal
from campaigns.models import Delivery, DeliveryState, Mailing, Route, Template
from groups.access import may
from groups.errors import GroupsError
from groups.models import Audience, Brand, Group, User
from groups.people.services import service_user
from groups.roles import Permission

DONE = (DeliveryState.SETTLED, DeliveryState.WITHDRAWN, DeliveryState.FAILED, DeliveryState.PAUSED)
POLL_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 3600


class Command(BaseCommand):
    """Sends one mailing of a group; prints the delivery's id and, with `--wait`, one JSON line with its ledger."""

    help = "Sends a mailing of a group from a template, an audience and a JSON file of field values."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the options; their names stay."""
        parser.add_argument("--brand", required=True, metavar="SLUG")
        parser.add_argument("--group", required=True, metavar="CODE")
        parser.add_argument("--template", required=True, metavar="SLUG")
        parser.add_argument("--audience", required=True, metavar="NAME")
        parser.add_argument("--values", required=True, metavar="FILE.json", type=Path)
        parser.add_argument("--at", metavar="ISO", help="when, with a zone: 2026-11-24T09:00:00-08:00; without it: now")
        parser.add_argument("--route", choices=Route.values, help="default: the template's")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="act as this member, else as a service user")
        parser.add_argument("--wait", action="store_true", help="wait until the delivery has ended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes and sends the mailing; every refusal is a sentence and exit code 1."""
        try:
            with transaction.atomic():
                mailing, actor = _prepared(options)
                services.send(mailing=mailing, actor=actor)
        except (Refusal, GroupsError) as refusal:
            raise CommandError(_with_findings(refusal), returncode=1) from refusal
        delivery = mailing.deliveries.first()
        if delivery is None:
            self.stdout.write(f"mailing {mailing.pk} is scheduled; its delivery starts a day before its time")
            return
        self.stdout.write(str(delivery.pk))
        if options["wait"]:
            self._wait(delivery)

    def _wait(self, delivery: Delivery) -> None:
        ends = time.monotonic() + LONGEST_WAIT_SECONDS
        while delivery.state not in DONE and time.monotonic() < ends:
            time.sleep(POLL_SECONDS)
            delivery.refresh_from_db()
        people = {state: number for state, (_batches, number) in ledger(delivery).items()}
        batches = {state: number for state, (number, _people) in ledger(delivery).items()}
        excluded = delivery.exclusions.count()
        result = {
            "delivery": str(delivery.pk),
            "state": delivery.state,
            "reason": delivery.state_reason,
            "planned": sum(people.values()),
            "excluded": excluded,
            "people": people,
            "batches": batches,
        }
        self.stdout.write(json.dumps(result, ensure_ascii=False))
        if delivery.state != DeliveryState.SETTLED:
            raise CommandError(
                delivery.state_reason or f"The delivery is {delivery.get_state_display()}.", returncode=1
            )


def _prepared(options: dict[str, Any]) -> tuple[Mailing, User]:
    """Makes the draft; the caller's transaction sees to it that a refusal leaves nothing behind."""
    brand = _one(Brand.objects.filter(slug=options["brand"]), f"There is no brand {options['brand']}.")
    group = _one(
        Group.objects.filter(brand=brand, code=options["group"]), f"{brand.name} has no group {options['group']}."
    )
    template = _one(
        Template.objects.filter(brand=brand, slug=options["template"]),
        f"{brand.name} has no template {options['template']}. See `manage.py publish_template`.",
    )
    audience = _one(
        Audience.objects.filter(group=group, name=options["audience"]),
        f"{group.name} has no audience {options['audience']}. See `manage.py import_contacts`.",
    )
    actor = _actor(brand, group, options["email"])
    values, send_at = _values(options["values"]), _time(options["at"])
    mailing = start_mailing(group=group, template=template, actor=actor)
    if options["route"]:
        Mailing.objects.filter(pk=mailing.pk).update(route=options["route"])
        mailing.refresh_from_db()
    mailing = save_values(mailing=mailing, changes=values, revision=mailing.revision, actor=actor)
    mailing = choose_audience(mailing=mailing, audience=audience, actor=actor)
    return choose_time(mailing=mailing, send_at=send_at, actor=actor), actor


def _one(objects: Any, sentence: str) -> Any:
    found = objects.first()
    if found is None:
        raise CommandError(sentence, returncode=1)
    return found


def _actor(brand: Brand, group: Group, email: str | None) -> User:
    if not email:
        return service_user(brand=brand)
    person: User = _one(User.objects.filter(email=email.strip().lower()), f"There is nobody with the address {email}.")
    if not may(person, Permission.EDIT_MAILINGS, group):
        raise CommandError(f"{person.name} may not make mailings of {group.name}.", returncode=1)
    return person


def _values(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=1) from error
    except ValueError as error:
        raise CommandError(f"{path} is no JSON: {error}.", returncode=1) from error
    if not isinstance(values, dict):
        raise CommandError(f"{path} must hold one JSON object with a value for each field.", returncode=1)
    return values


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError as error:
        raise CommandError(f"{text} is no date and time: {error}.", returncode=1) from error
    if moment is None or timezone.is_naive(moment):
        raise CommandError(f"{text} is no time with a zone. Write 2026-11-24T09:00:00-08:00.", returncode=1)
    return moment


def _with_findings(refusal: Refusal | GroupsError) -> str:
    """Gives the refusal's sentence with a line for each finding."""
    findings = getattr(refusal, "findings", ())
    return "\n".join([refusal.sentence, *(f"- {getattr(finding, 'sentence', finding)}" for finding in findings)])
