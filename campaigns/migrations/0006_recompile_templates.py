"""What was compiled by an older compiler is compiled again from its source, which is what people approved."""

from __future__ import annotations

from django.db import migrations

from campaigns.brandlock import DEFAULT_LIQUID_TAGS, SourceRefused, compile_source
from campaigns.brandlock.compiled import FORMAT


def recompile(apps, schema_editor):
    versions = apps.get_model("campaigns", "TemplateVersion").objects
    for version in versions.select_related("template__brand").iterator(chunk_size=50):
        if not version.compiled or version.compiled.get("format") == FORMAT:
            continue
        tags = frozenset(version.template.brand.liquid_tags) or DEFAULT_LIQUID_TAGS
        try:
            compiled = compile_source(
                version.source, kind=version.source_kind, liquid_tags=tags, inlines_css=version.inlines_css
            )
        except SourceRefused as refused:
            if version.published_at is not None:
                raise RuntimeError(
                    f"Version {version.number} of the template {version.template.slug} cannot be compiled any more:\n"
                    f"{refused}\nMend it with the release that you come from, and migrate again."
                ) from refused
            version.compiled = {}
        else:
            version.compiled = compiled.as_json()
        version.save(update_fields=["compiled"])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_template_access_once")]

    operations = [migrations.RunPython(recompile, migrations.RunPython.noop)]
