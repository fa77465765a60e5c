"""Kinds of notices that only tests tell, and a mail server that does what a test says."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Group, Notice, User
from groups.notices.kinds import Detail, Family, Kind, Parameters, Words
from groups.notices.services import tell
from groups.roles import Permission

FAMILY = Family("tasting", gettext_lazy("Mailings"))
ALARMS = Family("alarms", gettext_lazy("Groups"))
BACKEND = "tests.groups.notices.told.Server"


def words(parameters: Parameters) -> Words:
    """Gives words, of which the action is one that the portal has in every language."""
    return Words(title=f"Tasting {parameters.get('what', '')}", sentence="Come and taste it.", action=_("Approvals"))


def details(notice: Notice) -> tuple[Detail, ...]:
    """Gives what a local person might have written."""
    return (Detail("Headline", str(notice.parameters.get("headline", "A new roast"))),)


INVITED = Kind("tests.invited", FAMILY, words, permission=Permission.SEE_MAILINGS, details=details)
ALARM = Kind("tests.alarm", ALARMS, words, permission=Permission.SEE_MAILINGS, may_be_muted=False)
OPEN = Kind("tests.open", FAMILY, words)
SETTLED = Kind("tests.settled", FAMILY, words, is_worth_a_mail=lambda notice: False)
BROKEN = Kind("tests.broken", FAMILY, lambda parameters: words({"what": parameters["gone"]}))
KINDS = (INVITED, ALARM, OPEN, SETTLED, BROKEN)


def a_notice(person: User, group: Group, *, kind: Kind = INVITED, about: str = "tasting:1", **options: Any) -> Notice:
    """Tells one person something and gives the notice."""
    tell([person], kind, about=about, group=group, **{"path": "/notices/settings/", **options})
    return Notice.objects.get(person=person, kind=kind.name, about=about, occasion=options.get("occasion", ""))


class Server(BaseEmailBackend):
    """A mail server: `fails_to_open` and `fails_to_take` are raised, `before_taking` is called with the mail."""

    fails_to_open: Exception | None = None
    fails_to_take: Exception | None = None
    before_taking: Any = None
    opened = 0

    def open(self) -> bool:
        """Opens the connection."""
        Server.opened += 1
        if Server.fails_to_open is not None:
            raise Server.fails_to_open
        return True

    def send_messages(self, email_messages: Any) -> int:
        """Takes mails into the outbox of the test."""
        for message in email_messages:
            if Server.before_taking is not None:
                Server.before_taking(message)
            if Server.fails_to_take is not None:
                raise Server.fails_to_take
            message.message()
            mail.outbox.append(message)
        return len(email_messages)
