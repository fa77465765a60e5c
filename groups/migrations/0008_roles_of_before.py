from django.db import migrations

from groups.roles import PERMISSIONS, Role


def ship(apps, schema_editor):
    BrandRole, RoleGrant = apps.get_model("groups", "BrandRole"), apps.get_model("groups", "RoleGrant")
    Membership = apps.get_model("groups", "Membership")
    for brand in apps.get_model("groups", "Brand").objects.all():
        for position, key in enumerate(Role):
            role = BrandRole.objects.create(brand=brand, key=key.value, position=position)
            RoleGrant.objects.bulk_create(RoleGrant(role=role, permission=one.value) for one in PERMISSIONS[key])
            Membership.objects.filter(group__brand=brand, role_key=key.value).update(role=role)


class Migration(migrations.Migration):

    dependencies = [
        ("groups", "0007_roles"),
    ]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
