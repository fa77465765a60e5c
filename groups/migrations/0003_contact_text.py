"""Searching contacts by a part of their address, ID or name: PostgreSQL keeps their text under an index of trigrams.

The table is kept by triggers: by one statement for all rows that an INSERT or DELETE brings, and row by row for those
whose address, ID or name an UPDATE changes, so that what a sync notes costs nothing. A reference to the contact is left
out, because it would be checked row by row. SQLite reads the contacts themselves.
"""

from django.db import migrations


POSTGRESQL = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION groups_contact_text(email text, external_id text, attributes jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(email || E'\\n' || external_id || E'\\n' || concat_ws(' ', attributes ->> 'first_name', attributes ->> 'last_name'))
$$;
CREATE TABLE groups_contacttext (contact_id uuid PRIMARY KEY, brand_id uuid NOT NULL, text text NOT NULL);
INSERT INTO groups_contacttext
    SELECT id, brand_id, groups_contact_text(email, external_id, attributes) FROM groups_contact;
CREATE INDEX contact_by_text ON groups_contacttext USING gin (text gin_trgm_ops);

CREATE FUNCTION groups_contact_text_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO groups_contacttext
        SELECT id, brand_id, groups_contact_text(email, external_id, attributes) FROM added
        ON CONFLICT (contact_id) DO UPDATE SET brand_id = excluded.brand_id, text = excluded.text;
    RETURN NULL;
END $$;
CREATE FUNCTION groups_contact_text_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE groups_contacttext SET text = groups_contact_text(NEW.email, NEW.external_id, NEW.attributes)
        WHERE contact_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION groups_contact_text_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM groups_contacttext USING gone WHERE contact_id = gone.id;
    RETURN NULL;
END $$;
CREATE FUNCTION groups_contact_text_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE groups_contacttext;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_text_added AFTER INSERT ON groups_contact REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION groups_contact_text_added();
CREATE TRIGGER contact_text_changed AFTER UPDATE ON groups_contact FOR EACH ROW
    WHEN (OLD.email <> NEW.email OR OLD.external_id <> NEW.external_id OR OLD.attributes <> NEW.attributes)
    EXECUTE FUNCTION groups_contact_text_changed();
CREATE TRIGGER contact_text_gone AFTER DELETE ON groups_contact REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION groups_contact_text_gone();
CREATE TRIGGER contact_text_emptied AFTER TRUNCATE ON groups_contact
    FOR EACH STATEMENT EXECUTE FUNCTION groups_contact_text_emptied();
"""
POSTGRESQL_BACK = """
DROP TRIGGER contact_text_added ON groups_contact;
DROP TRIGGER contact_text_changed ON groups_contact;
DROP TRIGGER contact_text_gone ON groups_contact;
DROP TRIGGER contact_text_emptied ON groups_contact;
DROP FUNCTION groups_contact_text_added();
DROP FUNCTION groups_contact_text_changed();
DROP FUNCTION groups_contact_text_gone();
DROP FUNCTION groups_contact_text_emptied();
DROP TABLE groups_contacttext;
DROP FUNCTION groups_contact_text(text, text, jsonb);
"""


def keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)


def keep_no_more(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0002_a_trail_that_stays"),
    ]

    operations = [
        migrations.RunPython(keep, keep_no_more),
    ]
