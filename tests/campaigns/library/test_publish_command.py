"""`publish_template` publishes a file, says line and column of what is wrong, and repeats itself without harm."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from campaigns.library.drafting import save_draft
from campaigns.library.publishing import send_test
from campaigns.models import Template, TemplateVersion
from groups.models import Brand
from groups.roles import Role
from tests.builders import a_brand, a_group, a_person, root_group
from tests.campaigns.library.sources import BROKEN, SOURCE


@pytest.fixture(autouse=True)
def northwind(db: None) -> Brand:
    """The brand that the command names."""
    return a_brand(slug="northwind")


def publish(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("publish_template", str(file), "--brand", "northwind", "--slug", "summer-bar", *options, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a good source."""
    path = tmp_path / "summer.mjml"
    path.write_text(SOURCE)
    return path


def test_a_file_becomes_the_published_version(file: Path) -> None:
    said = publish(file, "--name", "Summer bar", "--untested")

    template = Template.objects.get(slug="summer-bar")
    assert said == "Published version 1 of summer-bar."
    assert template.name == "Summer bar"
    assert template.current is not None
    assert (template.current.source, template.current.is_tested) == (SOURCE, False)


def test_the_same_file_again_changes_nothing(file: Path) -> None:
    publish(file)

    said = publish(file)

    assert said == "Version 1 of summer-bar is already this source. Nothing changed."
    assert Template.objects.get(slug="summer-bar").versions.count() == 1


def test_only_a_test_mail_of_exactly_this_source_makes_it_a_tested_one(file: Path, northwind: Brand) -> None:
    said = StringIO()
    call_command("publish_template", str(file), "--brand", "northwind", "--slug", "summer-bar", stderr=said)
    template = Template.objects.get(slug="summer-bar")
    assert template.current is not None and not template.current.is_tested
    assert "It is noted as untested" in said.getvalue()

    file.write_text(SOURCE.replace("</mjml>", "<!-- spring --></mjml>"))
    manager = a_person(group=root_group(northwind), role=Role.BRAND_MANAGER)
    draft = save_draft(template=template, source=file.read_text(), kind="mjml", actor=manager)
    send_test(draft=draft, group=a_group(brand=northwind), actor=manager)
    publish(file)

    template.refresh_from_db()
    assert (template.current.number, template.current.is_tested) == (2, True)


def test_the_settings_of_the_version_in_use_stay(file: Path) -> None:
    publish(file)
    template = Template.objects.get(slug="summer-bar")
    envelope = {"name": {"value": "The brand", "is_open": False}}
    TemplateVersion.objects.filter(pk=template.current_id).update(envelope=envelope, trigger_campaign_id="abc")

    file.write_text(SOURCE.replace("</mjml>", "<!-- spring --></mjml>"))
    publish(file)

    template.refresh_from_db()
    assert template.current is not None
    assert (template.current.number, template.current.envelope, template.current.trigger_campaign_id) == (
        2,
        envelope,
        "abc",
    )


def test_errors_name_file_line_and_column_and_leave_no_empty_template(file: Path) -> None:
    file.write_text(BROKEN)

    with pytest.raises(CommandError) as refused:
        publish(file)

    lines = str(refused.value).splitlines()
    assert refused.value.returncode == 1
    assert lines[0].startswith(f"{file}:7:18: ")
    assert lines[-1] == "Nothing was published."
    assert Template.objects.count() == 0


def test_a_wrong_brand_slug_or_file_is_one_sentence(file: Path, tmp_path: Path) -> None:
    (tmp_path / "latin.html").write_bytes("<p>Café</p>".encode("latin-1"))

    with pytest.raises(CommandError, match="There is no brand with the slug nobody"):
        call_command("publish_template", str(file), "--brand", "nobody", "--slug", "x")
    with pytest.raises(CommandError, match="is no slug"):
        call_command("publish_template", str(file), "--brand", "northwind", "--slug", "Summer bar!")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        publish(tmp_path / "gone.mjml")
    with pytest.raises(CommandError, match="is not UTF-8"):
        publish(tmp_path / "latin.html")

    assert Template.objects.count() == 0
