"""The portal's own mails carry the brand's logo and colours; notices: tests/groups/notices/test_mails.py."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from groups.models import Brand
from groups.people.invitation_mail import mail_due_invitations
from groups.people.invitations import invite
from groups.people.roles import role_of
from groups.roles import Role
from tests.builders import Cast
from tests.campaigns.library.sources import a_picture_file


@pytest.mark.catalogue("G12")
@pytest.mark.parametrize("kind", ["invitation", "reset"])
def test_a_mail_carries_the_brands_logo_and_colours_beside_its_text(cast: Cast, client: Client, kind: str) -> None:
    cast.brand.logo.save("logo.png", ContentFile(a_picture_file("PNG", (200, 50))))
    Brand.objects.filter(pk=cast.brand.pk).update(accent_color="#ffd400")

    if kind == "invitation":
        role = role_of(cast.brand, Role.LOCAL_AUTHOR)
        invite(group=cast.store, email="new@example.com", name="<b>New</b>", role=role, actor=cast.admin)
        mail_due_invitations()
    else:
        client.post(reverse("account_reset_password"), {"email": cast.author.email})

    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    ((html, _type),) = message.alternatives
    link = next(word for word in str(message.body).split() if word.startswith("http"))
    for part in ("background-color:#ffd400", "color:#000000", "/media/brands/logo", link, cast.brand.name):
        assert part in str(html)
    assert "<b>" not in str(html)
