"""Domains of email addresses, as admins type them."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

_DOMAIN: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


class DomainsField(forms.CharField):
    """Domains separated by commas, as a sorted list in small letters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=1000, **options)

    def clean(self, value: Any) -> list[str]:
        """Gives the domains; raises `ValidationError` for anything that is none."""
        domains = {part.strip().lower().lstrip("@") for part in super().clean(value).split(",")}
        for domain in sorted(domains):
            if not _DOMAIN.fullmatch(domain):
                raise forms.ValidationError(_("%(domain)s is no domain."), params={"domain": domain or "–"})
        return sorted(domains)
