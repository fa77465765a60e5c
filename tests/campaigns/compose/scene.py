"""A brand with two stores, its people, a template and an audience: what the pages of mailings are tried on."""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns.compose.services import start_mailing
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Mailing, Template
from groups.models import (
    Attribute,
    Audience,
    AudienceMember,
    Brand,
    Contact,
    Group,
    GroupKind,
    GroupPath,
    ReviewPolicy,
    SyncState,
    User,
    Workspace,
)
from groups.people.roles import ship_roles
from groups.roles import Role
from tests.builders import a_membership

SOURCE = """<!doctype html>
<html lang="en" dir="ltr"><head><title data-field="subject" data-required data-max="60">News from us</title></head>
<body>
<h1 data-field="headline" data-label="Headline" data-required data-max="40">Good morning</h1>
<div data-field="story" data-type="text" data-label="Story"><p>What is new</p></div>
<div data-section="offer" data-section-label="Offer" data-optional>
<p data-field="price" data-label="Price">2 for 1</p>
</div>
<img data-field="photo" data-type="image" data-label="Photo" alt="">
<a data-field="cta" data-type="button" data-domains="northwind.example" href="https://northwind.example/">Visit us</a>
<p>[[group.name]], [[group.address]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p>
</body></html>"""


@dataclass
class Scene:
    """Everybody and everything; `people` are by their part in the play."""

    brand: Brand
    root: Group
    store: Group
    other_store: Group
    template: Template
    audience: Audience
    people: dict[str, User] = field(default_factory=dict)

    def draft(self, *, author: str = "author", is_ready: bool = True) -> Mailing:
        """Gives a draft, with its audience where it is ready."""
        mailing = start_mailing(group=self.store, template=self.template, actor=self.people[author], name="Spring")
        if is_ready:
            Mailing.objects.filter(pk=mailing.pk).update(audience=self.audience)
            mailing.refresh_from_db()
        return mailing


def a_scene(*, people_on_the_list: int = 3, policy: ReviewPolicy = ReviewPolicy.NONE) -> Scene:
    """Builds the scene; the brand stands at every host name, because it is the only one."""
    brand = Brand.objects.create(
        slug="northwind",
        name="Northwind",
        link_domains=["northwind.example"],
        review_policy=policy,
    )
    ship_roles(brand)
    root = _group(brand, None, "HQ", "Northwind", GroupKind.BRAND)
    store = _group(brand, root, "US-001", "Pearl Street", GroupKind.STORE)
    other_store = _group(brand, root, "US-002", "Lake Street", GroupKind.STORE)
    Attribute.objects.create(
        brand=brand,
        name="first_name",
        label="First name",
        braze_name="first_name",
        liquid_name="first_name",
        is_merge_tag=True,
        fallback="there",
        sample="Sam",
    )
    Workspace.objects.create(
        brand=brand,
        endpoint="http://127.0.0.1:9",
        api_key="key",
        app_id="app",
        campaign_id="campaign",
        variation_id="variation",
        trigger_campaign_id="trigger",
    )
    template = create_template(brand=brand, name="Monthly news", slug="news", actor=None)
    publish_version(template=template, source=SOURCE, kind="html", actor=None, tested=True)
    scene = Scene(brand, root, store, other_store, template, an_audience(store, people_on_the_list))
    for part, (role, group) in {
        "author": (Role.LOCAL_AUTHOR, store),
        "sender": (Role.LOCAL_SENDER, store),
        "approver": (Role.APPROVER, root),
        "manager": (Role.BRAND_MANAGER, root),
        "reader": (Role.READ_ONLY, store),
        "stranger": (Role.LOCAL_SENDER, other_store),
    }.items():
        user = User.objects.create_user(f"{part}@northwind.example", "a long pass phrase", name=part.title())
        a_membership(user=user, group=group, role=role)
        scene.people[part] = user
    return scene


def an_audience(group: Group, number: int, name: str = "Regulars") -> Audience:
    """Gives a list with that many people whom Braze knows already."""
    audience = Audience.objects.create(group=group, name=name, size=number)
    for position in range(number):
        contact = Contact.objects.create(
            brand=group.brand,
            external_id=f"{group.code}-{name}-{position}",
            email=f"{group.code}-{position}@example.com".lower(),
            sync_state=SyncState.SYNCED,
        )
        AudienceMember.objects.create(audience=audience, contact=contact)
    return audience


def _group(brand: Brand, parent: Group | None, code: str, name: str, kind: GroupKind) -> Group:
    group = Group.objects.create(
        brand=brand,
        parent=parent,
        code=code,
        name=name,
        kind=kind,
        street="1 Pearl Street",
        postal_code="97204",
        city="Portland",
        country="US",
        time_zone="America/Los_Angeles",
        sender_address=f"{code.lower()}@northwind.example",
    )
    GroupPath.objects.create(ancestor=group, descendant=group, depth=0)
    if parent is not None:
        GroupPath.objects.create(ancestor=parent, descendant=group, depth=1)
    return group
