"""What a delivery needs: a brand connected to the sandbox, a group, a mail of the demo's size, and many people."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from campaigns.compose.services import start_mailing
from campaigns.delivery.services import send
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Delivery, Mailing, SourceKind, Template
from groups.models import Attribute, AttributeKind, Audience, AudienceKind, Brand, Group, GroupKind, ReviewPolicy, User
from groups.people.services import add_member
from groups.roles import Role
from groups.tree.services import add_group
from groups.workspace.services import connect

_SECTION = (
    '<mj-section background-color="#fdf6ec"><mj-column><mj-text>Come in and taste the new roast, fresh from the '
    "hills.</mj-text></mj-column></mj-section>"
)
# Compiled, so many of them make a mail of about 30 KB, as the demo's are.
_SECTIONS: Final = 24
_SOURCE = f"""<mjml lang="en" dir="ltr">
  <mj-head>
    <mj-title data-field="subject" data-label="Subject" data-required data-max="60">News of the week</mj-title>
    <mj-preview data-field="preheader" data-label="Preheader" data-max="90">What is new at your store</mj-preview>
  </mj-head>
  <mj-body>
    <mj-section><mj-column>
      <mj-text><h1 data-field="headline" data-label="Headline" data-required data-max="60">A new roast</h1></mj-text>
      <mj-text>Hello [[first_name]]</mj-text>
    </mj-column></mj-section>
    {_SECTION * _SECTIONS}
    <mj-section><mj-column>
      <mj-text>[[group.name]], [[group.street]], [[group.postal_code]] [[group.city]]</mj-text>
      <mj-text><a href="[[unsubscribe_url]]">Unsubscribe</a></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>"""

_NUMBERS = {
    "postgresql": "generate_series(%s::int, %s::int) AS numbers(n)",
    "sqlite": "(WITH RECURSIVE counted(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM counted WHERE n < %s)"
    " SELECT n FROM counted) numbers",
}
_ID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
_TOKEN = {"postgresql": "md5(random()::text || n)", "sqlite": "lower(hex(randomblob(16)))"}
_EMPTY = {"postgresql": "'{}'::jsonb", "sqlite": "'{}'"}


def a_brand() -> Brand:
    """Gives a brand whose people send without a review, connected to an address where nobody answers yet."""
    brand = Brand.objects.create(name="Northwind Coffee", slug="bench", review_policy=ReviewPolicy.NONE)
    add_group(brand=brand, parent=None, code="bench", name=brand.name, kind=GroupKind.BRAND, actor=None)
    Attribute.objects.create(
        brand=brand,
        name="first_name",
        label="First name",
        kind=AttributeKind.TEXT,
        braze_name="first_name",
        liquid_name="first_name",
        is_merge_tag=True,
        fallback="there",
        sample="Maya",
    )
    connect(
        brand=brand,
        actor=None,
        endpoint="http://127.0.0.1:9",
        api_key="bench",
        app_id="bench-app",
        campaign_id="bench-campaign",
        variation_id="bench-variation",
    )
    template = create_template(brand=brand, name="News", slug="news", actor=None)
    publish_version(template=template, source=_SOURCE, kind=SourceKind.MJML, actor=None, tested=False)
    return brand


def a_group(brand: Brand, code: str) -> Group:
    """Gives a store with what a mail needs of it."""
    return add_group(
        brand=brand,
        parent=Group.objects.get(brand=brand, parent=None),
        code=code,
        name=f"Northwind Coffee {code}",
        kind=GroupKind.STORE,
        actor=None,
        street="1420 NW Lovejoy Street",
        postal_code="97209",
        city="Portland",
        country="US",
        phone="+1 503 555 0141",
        email="store@northwind.example",
        time_zone="America/Los_Angeles",
        sender_name="Northwind Coffee Portland",
        sender_address="portland@northwind.example",
        reply_to="store@northwind.example",
    )


def a_list(group: Group, people: int) -> Audience:
    """Gives a list of so many contacts whom Braze has known for a day, written by the database itself."""
    audience = Audience.objects.create(group=group, name=f"List of {people}", kind=AudienceKind.LIST, size=people)
    vendor = connection.vendor
    yesterday = timezone.now() - timedelta(days=1)
    moment = connection.ops.adapt_datetimefield_value(yesterday)
    brand, key = (Audience._meta.pk.get_db_prep_value(value, connection) for value in (group.brand_id, audience.pk))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO groups_contact (id, brand_id, external_id, email, attributes, consent_source, consent_text,"
            " token, sync_state, sync_error, sync_revision, synced, first_synced_at, synced_at, created_at, updated_at)"
            f" SELECT {_ID[vendor]}, %s, %s || n, 'person' || n || '@' || %s, {_EMPTY[vendor]}, 'bench', '',"
            f" {_TOKEN[vendor]}, 'synced', '', 0, {_EMPTY[vendor]}, %s, %s, %s, %s FROM {_NUMBERS[vendor]}",
            [brand, f"{group.code}-", f"{group.code}.example".lower(), moment, moment, moment, moment, 1, people],
        )
        cursor.execute(
            "INSERT INTO groups_audiencemember (audience_id, contact_id, added_at)"
            " SELECT %s, id, created_at FROM groups_contact WHERE brand_id = %s AND external_id LIKE %s",
            [key, brand, f"{group.code}-%"],
        )
        cursor.execute("ANALYZE")
    return audience


def a_delivery(audience: Audience) -> Delivery:
    """Sends a new mailing to a list, as a person of its group would, and gives its delivery, not yet planned."""
    return submitted(a_mailing(audience))


def a_mailing(audience: Audience) -> Mailing:
    """Gives a new mailing to a list, ready to be sent."""
    group = audience.group
    mailing = start_mailing(group=group, template=Template.objects.get(brand=group.brand), actor=_sender(group))
    mailing.audience = audience
    mailing.save()
    return mailing


def submitted(mailing: Mailing) -> Delivery:
    """Sends a mailing and gives its delivery, not yet planned."""
    send(mailing=mailing, actor=_sender(mailing.group))
    return mailing.deliveries.get()


def a_regional_manager(audience: Audience) -> User:
    """Gives somebody who may stop the mailings of a list's group."""
    return _member(audience.group, Role.REGIONAL_MANAGER)


def _sender(group: Group) -> User:
    return _member(group, Role.LOCAL_SENDER)


def _member(group: Group, role: Role) -> User:
    email = f"{role}@{group.code}.example".lower()
    known = User.objects.filter(email=email).first()
    return known or add_member(group=group, email=email, name="Sam Sender", role=role, actor=None)
