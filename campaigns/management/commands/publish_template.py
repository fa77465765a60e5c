"""Publishes a template from a file: `publish_template FILE --brand SLUG --slug NAME [--name TEXT] [--untested]`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.db import transaction

from campaigns.brandlock import SourceRefused
from campaigns.library.publishing import Published, republish
from campaigns.library.services import create_template, kind_of
from campaigns.models import SourceKind, Template
from groups.models import Brand

_KINDS = {".mjml": SourceKind.MJML, ".html": SourceKind.HTML, ".htm": SourceKind.HTML}


class Command(BaseCommand):
    """Compiles a file and makes it the template's published version; the same file again changes nothing."""

    help = "Publishes an MJML or HTML file as the newest version of a template."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares the command line."""
        parser.add_argument("file", type=Path, help="the template's source, MJML or HTML")
        parser.add_argument("--brand", required=True, help="the brand's slug")
        parser.add_argument("--slug", required=True, help="the template's short name; made when it is new")
        parser.add_argument("--name", default="", help="what local authors see; default: made of the slug")
        parser.add_argument("--untested", action="store_true", help="say that no test mail is meant to be there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publishes the file, or says on stderr what is wrong in it, a line a finding; exit code 1 when refused."""
        path: Path = options["file"]
        brand = Brand.objects.filter(slug=options["brand"]).first()
        if brand is None:
            raise CommandError(f"There is no brand with the slug {options['brand']}. Make it first, or check the name.")
        source = _read(path)
        kind = _KINDS.get(path.suffix.lower()) or kind_of(source)
        try:
            published = _publish(brand, source, kind, options)
        except SourceRefused as refused:
            lines = [f"{path}:{found.line}:{found.column}: {found.text}" for found in refused.findings]
            raise CommandError("\n".join([*lines, "Nothing was published."])) from refused
        template, version = options["slug"], published.version
        if not published.is_new:
            self.stdout.write(f"Version {version.number} of {template} is already this source. Nothing changed.")
            return
        self.stdout.write(f"Published version {version.number} of {template}.")
        if published.followed:
            count = published.followed
            drafts = "1 draft follows it, which has" if count == 1 else f"{count} drafts follow it, which have"
            self.stdout.write(f"{drafts} nothing but the template's text.")
        if not version.is_tested and not options["untested"]:
            self.stderr.write(
                "It is noted as untested: no test mail of exactly this source was sent from the editor. "
                "--untested says that this is meant."
            )


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8. Save it as UTF-8, then publish it again.") from error
    if "\0" in text:
        raise CommandError(f"{path} is no text: it holds a null character. Save it as UTF-8, then publish it again.")
    return text


def _publish(brand: Brand, source: str, kind: SourceKind, options: dict[str, Any]) -> Published:
    slug: str = options["slug"]
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise CommandError(f"{slug} is no slug: use letters, digits and hyphens.") from error
    with transaction.atomic():  # a source that is refused leaves no empty template behind
        template = Template.objects.filter(brand=brand, slug=slug).first() or create_template(
            brand=brand, slug=slug, name=options["name"] or slug.replace("-", " ").capitalize(), actor=None
        )
        return republish(template=template, source=source, kind=kind, actor=None)
