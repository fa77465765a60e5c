from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from campaigns.models import TemplateVersion
from tests.campaigns.compose.scene import a_scene

migration = import_module("campaigns.migrations.0006_recompile_templates")


def test_what_an_older_compiler_made_is_made_again_and_the_rest_is_left(db: None) -> None:
    scene = a_scene()
    version = TemplateVersion.objects.get(template=scene.template)
    good = version.compiled
    TemplateVersion.objects.filter(pk=version.pk).update(compiled={"format": 1, "pieces": []})
    empty = TemplateVersion.objects.create(
        template=scene.template, number=2, source_kind="html", source="<p>", compiled={}
    )
    broken = TemplateVersion.objects.create(
        template=scene.template, number=3, source_kind="html", source="<p>", compiled={"format": 1}
    )

    migration.recompile(apps, None)

    for row in (version, empty, broken):
        row.refresh_from_db()
    assert (version.compiled, empty.compiled, broken.compiled) == (good, {}, {})


def test_a_published_version_that_cannot_be_compiled_stops_the_upgrade_with_its_name(db: None) -> None:
    scene = a_scene()
    TemplateVersion.objects.filter(template=scene.template).update(source="<p>", compiled={"format": 1})

    with pytest.raises(RuntimeError, match="Version 1 of the template news cannot be compiled any more"):
        migration.recompile(apps, None)
