"""Triggers keep what was written into the audit trail.

The triggers refuse every UPDATE of an event but the one that puts a null `seal` to a value, every UPDATE of a seal, and
every DELETE. A test database is emptied between tests: PostgreSQL does that by TRUNCATE, which fires no row's trigger,
but SQLite by DELETE. There an event may go until it is sealed, a minute at most; whoever empties a database that holds
seals is refused. On SQLite a migration that makes one of the two tables anew loses its triggers and has to call
`guard` again; the tests of the triggers say so.
"""

from django.db import migrations


POSTGRESQL = """
CREATE FUNCTION groups_trail_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'groups_event' THEN
        IF to_jsonb(OLD) -> 'seal_id' = 'null' AND to_jsonb(NEW) -> 'seal_id' <> 'null'
           AND to_jsonb(OLD) - 'seal_id' = to_jsonb(NEW) - 'seal_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit trail is only ever added to.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON groups_event FOR EACH ROW EXECUTE FUNCTION groups_trail_stays();
CREATE TRIGGER seal_stays BEFORE UPDATE OR DELETE ON groups_seal FOR EACH ROW EXECUTE FUNCTION groups_trail_stays();
"""
POSTGRESQL_BACK = """
DROP TRIGGER event_stays ON groups_event;
DROP TRIGGER seal_stays ON groups_seal;
DROP FUNCTION groups_trail_stays();
"""
SQLITE = """
CREATE TRIGGER {table}_{verb}_stays BEFORE {verb} ON groups_{table} {condition}
BEGIN SELECT RAISE(ABORT, 'The audit trail is only ever added to.'); END
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
        return
    columns = [field.column for field in apps.get_model("groups", "Event")._meta.local_fields]
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns if column != "seal_id")
    for table, verb, condition in (
        ("event", "UPDATE", f"WHEN OLD.seal_id IS NOT NULL OR NEW.seal_id IS NULL OR {changed}"),
        ("event", "DELETE", "WHEN OLD.seal_id IS NOT NULL"),
        ("seal", "UPDATE", ""),
        ("seal", "DELETE", ""),
    ):
        schema_editor.execute(SQLITE.format(table=table, verb=verb, condition=condition), params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
        return
    for table in ("event", "seal"):
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER {table}_{verb}_stays", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0001_first_tables'),
    ]

    operations = [
        migrations.RunPython(guard, unguard),
    ]
