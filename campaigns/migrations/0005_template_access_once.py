from django.db import migrations, models


def drop_doubles(apps, schema_editor):
    """Keeps one of the lines that say the same of a role: until now nothing kept them from standing twice."""
    lines = apps.get_model("campaigns", "TemplateAccess").objects
    seen = set()
    for line in lines.filter(group=None):
        says = (line.template_id, line.kind, line.role)
        if says in seen:
            line.delete()
        seen.add(says)


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0004_restricted_words"),
    ]

    operations = [
        migrations.RunPython(drop_doubles, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="templateaccess", name="template_access_once"),
        migrations.AddConstraint(
            model_name="templateaccess",
            constraint=models.UniqueConstraint(
                condition=models.Q(("group__isnull", False)),
                fields=("template", "kind", "group", "role"),
                name="template_access_once_per_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateaccess",
            constraint=models.UniqueConstraint(
                condition=models.Q(("group__isnull", True)),
                fields=("template", "kind", "role"),
                name="template_access_once_per_role",
            ),
        ),
    ]
