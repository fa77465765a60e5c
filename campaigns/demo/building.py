"""Building the demo by the services that pages call; what is there already is left as people have made it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from campaigns.compose import content
from campaigns.demo import brands
from campaigns.demo.brands import DemoPerson
from campaigns.demo.rollouts import build_rollout
from campaigns.demo.times import build_times
from campaigns.library.folders import create_folder
from campaigns.library.images import add_image
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template, describe_template
from campaigns.library.snippets import add_snippet
from campaigns.models import Image, ImageFolder, Snippet, Template
from campaigns.rules.services import add_word, save_domains
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.services import confirm_mapping, start_import
from groups.audiences.marking import resync
from groups.models import Attribute, Audience, Brand, Event, Group, GroupKind, ReviewPolicy, User, Workspace
from groups.people.services import add_member, service_user
from groups.tree.importing import import_groups
from groups.tree.queries import root_of
from groups.tree.services import add_group
from groups.workspace.services import connect

SMALL_AUDIENCE = "Tasting club"
SMALL_AUDIENCE_ROWS = 24


def build() -> None:
    """Builds both demo brands; running it again adds only what is missing."""
    northwind = _brand("northwind", "Northwind Coffee", "#24594a", None, "https://northwind.example")
    with (brands.FOLDER / "stores.csv").open("rb") as file:
        import_groups(brand=northwind, file=file, actor=None)
    actor = service_user(brand=northwind)
    _attributes(northwind)
    _rules(northwind)
    build_times(northwind, actor)
    _people(northwind, brands.PEOPLE)
    _connect(northwind)
    _images(root_of(northwind), actor)
    _snippets(northwind, actor)
    _templates(northwind, actor)
    _small_audience(Group.objects.get(brand=northwind, code="US-001"), actor)
    build_rollout(northwind)
    _build_harbor()


def refill_sandbox() -> None:
    """Lets the demo brand tell Braze everything again: the sandbox remembers nothing from one start to the next."""
    workspace = Workspace.objects.filter(brand__slug="northwind").select_related("brand").first()
    if workspace is not None and workspace.endpoint == settings.DEMO_BRAZE_ENDPOINT:
        with transaction.atomic():
            resync(brand=workspace.brand)


def mail_for_braze() -> str:
    """Gives the HTML of the demo's route B template, as a brand manager pastes it into Braze's triggered campaign."""
    template = Template.objects.select_related("current", "brand").get(brand__slug="northwind", slug="short-notice")
    if template.current is None:
        raise LookupError("The template short-notice has no published version.")
    return content.mail_for_braze(template.current)


def _build_harbor() -> None:
    """A second brand by another host name, to show that look and data never cross."""
    harbor = _brand("harbor", "Harbor Books", "#1d3557", "harbor.localhost", "https://harbor.example")
    if not Group.objects.filter(brand=harbor).exists():
        root = add_group(
            brand=harbor, parent=None, code="harbor", name="Harbor Books", kind=GroupKind.BRAND, actor=None
        )
        add_group(
            brand=harbor,
            parent=root,
            code="HB-001",
            name="Harbor Books Bristol",
            kind=GroupKind.STORE,
            actor=None,
            street="3 Quay Lane",
            postal_code="BS1 4QA",
            city="Bristol",
            country="GB",
            phone="+44 117 496 0000",
            email="bristol@harbor.example",
            time_zone="Europe/London",
        )
    _people(harbor, brands.HARBOR_PEOPLE)


def _brand(slug: str, name: str, color: str, host_name: str | None, website: str) -> Brand:
    """Makes a brand whose people with the right to send need no review; a local author lacks that right."""
    brand, is_new = Brand.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "accent_color": color,
            "host_name": host_name,
            "website": website,
            "link_domains": [website.removeprefix("https://")],
            "review_policy": ReviewPolicy.NONE,
        },
    )
    if is_new:
        for name, path in brands.LOOKS.get(slug, {}).items():
            file = brands.FOLDER / path
            getattr(brand, name).save(file.name, ContentFile(file.read_bytes()))
    return brand


def _attributes(brand: Brand) -> None:
    for attribute in brands.ATTRIBUTES:
        fields = {name: getattr(attribute, name) for name in attribute.__slots__ if name != "name"}
        Attribute.objects.get_or_create(brand=brand, name=attribute.name, defaults=fields)


def _rules(brand: Brand) -> None:
    """Gives the brand its first rules; once somebody has changed them they are theirs."""
    if Event.objects.filter(brand=brand, action__startswith="rules.").exists():
        return
    for word in brands.RESTRICTED_WORDS:
        add_word(
            brand=brand,
            text=word.text,
            is_pattern=word.is_pattern,
            level=word.level,
            reason=word.reason,
            actor=None,
        )
    save_domains(
        brand=brand,
        link_domains=brand.link_domains,
        image_domains=brands.IMAGE_DOMAINS,
        mail_domains=brands.MAIL_DOMAINS,
        actor=None,
    )


def _people(brand: Brand, people: Iterable[DemoPerson]) -> None:
    for person in people:
        if not User.objects.filter(email=person.email).exists():
            group = Group.objects.get(brand=brand, code=person.group)
            add_member(
                group=group,
                email=person.email,
                name=person.name,
                role=person.role,
                actor=None,
                password=brands.PASSWORD,
            )


def _connect(brand: Brand) -> None:
    """Points the brand at the demo's Braze; once an admin has changed the settings they are theirs."""
    workspace = Workspace.objects.filter(brand=brand).first()
    if workspace is not None and workspace.endpoint == settings.DEMO_BRAZE_ENDPOINT:
        return
    if workspace is not None and workspace.campaign_id != brands.CAMPAIGN_ID:
        return
    connect(
        brand=brand,
        actor=None,
        endpoint=settings.DEMO_BRAZE_ENDPOINT,
        api_key=settings.DEMO_BRAZE_API_KEY,
        app_id=brands.APP_ID,
        campaign_id=brands.CAMPAIGN_ID,
        variation_id=brands.VARIATION_ID,
        trigger_campaign_id=brands.TRIGGER_CAMPAIGN_ID,
    )


def _images(group: Group, actor: User) -> None:
    for image in brands.IMAGES:
        if not Image.objects.filter(group=group, name=image.name).exists():
            add_image(
                group=group,
                data=(brands.FOLDER / "images" / image.file).read_bytes(),
                file_name=image.file,
                alt=image.alt,
                name=image.name,
                folder=_folder(group, image.folder, actor) if image.folder else None,
                actor=actor,
            )


def _folder(group: Group, name: str, actor: User) -> ImageFolder:
    found = ImageFolder.objects.filter(group=group, name=name).first()
    return found or create_folder(group=group, name=name, locals_may_upload=False, actor=actor)


def _snippets(brand: Brand, actor: User) -> None:
    for shipped in brands.SNIPPETS:
        if not Snippet.objects.filter(brand=brand, name=shipped.name).exists():
            add_snippet(brand=brand, name=shipped.name, label=shipped.label, source=shipped.source, actor=actor)


def _templates(brand: Brand, actor: User) -> None:
    for shipped in brands.TEMPLATES:
        template = Template.objects.filter(brand=brand, slug=shipped.slug).first()
        if template is not None and template.current is not None:
            continue
        if template is None:
            template = create_template(
                brand=brand,
                slug=shipped.slug,
                name=shipped.name,
                description=shipped.description,
                route=shipped.route,
                actor=actor,
            )
            describe_template(template=template, actor=actor, takes_attachments=shipped.takes_attachments)
        source = _source(shipped.file)
        publish_version(template=template, source=source, kind=shipped.kind, actor=actor, tested=False)


def _source(file_name: str) -> str:
    path: Path = brands.FOLDER / "templates" / file_name
    return path.read_text(encoding="utf-8")


def _small_audience(group: Group, actor: User) -> None:
    """Imports the first rows of the shipped sample as a person would upload them, without waiting for Braze."""
    if Audience.objects.filter(group=group, name=SMALL_AUDIENCE).exists():
        return
    with (brands.FOLDER / "contacts.csv").open("rb") as file:
        head = b"".join(file.readline() for _ in range(SMALL_AUDIENCE_ROWS + 1))
    with transaction.atomic():
        started = start_import(
            group=group,
            actor=actor,
            file=ContentFile(head),
            file_name="tasting-club.csv",
            name=SMALL_AUDIENCE,
        )
        confirm_mapping(
            contact_import=started,
            mapping={int(position): target for position, target in started.mapping.items()},
            actor=actor,
        )
    run_import(started.pk)
