"""`manage.py makemessages`, which also collects the sentences of brand lock, a room that knows nothing of gettext."""

from __future__ import annotations

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Collects what Django collects, and the messages of brand lock's findings, by the functions that make them."""

    xgettext_options = [  # noqa: RUF012  # Django's own attribute
        *makemessages.Command.xgettext_options,
        *(
            f"--keyword={function}"
            for function in ("Finding:2", "found:2", "found_in:3", "note:3", "_finding:4", "sentence")
        ),
    ]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]  # noqa: RUF012  # as above
