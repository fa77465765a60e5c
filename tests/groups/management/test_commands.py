"""The commands of the groups room: exit codes, one line of JSON, a sentence instead of a traceback."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from braze_client.sandbox import SandboxOptions
from groups.models import Audience, Contact, ContactImport, Group, SyncState, Workspace
from tests.builders import APP_ID, CAMPAIGN_ID, VARIATION_ID, a_brand, a_group, a_workspace
from tests.sandbox_server import API_KEY, RunningSandbox, running_sandbox

# The commands work outside a test's transaction, as they do at a prompt.
pytestmark = pytest.mark.django_db(transaction=True)

STORES = Path(__file__).resolve().parents[3] / "campaigns" / "demo" / "stores.csv"
CONTACTS = "customer_id,email,first_name\n" + "".join(f"C{n},p{n}@example.com,P{n}\n" for n in range(160))


def run(*arguments: object) -> str:
    """Runs a command and gives what it printed."""
    printed = StringIO()
    call_command(*[str(argument) for argument in arguments], stdout=printed, stderr=StringIO())
    return printed.getvalue()


def a_file(folder: Path, content: str = CONTACTS) -> Path:
    """Writes a file."""
    path = folder / "contacts.csv"
    path.write_text(content, encoding="utf-8")
    return path


def import_contacts(path: Path, *more: str) -> dict[str, int]:
    """Imports contacts into the list Regulars of US-001 and gives the counts."""
    line = run("import_contacts", path, "--brand", "northwind", "--group", "US-001", "--audience", "Regulars", *more)
    assert line.count("\n") == 1
    counts: dict[str, int] = json.loads(line)
    return counts


def test_contacts_are_imported_and_reach_braze(tmp_path: Path, sandbox: RunningSandbox) -> None:
    brand = a_brand(slug="northwind")
    a_group(brand=brand, code="US-001")
    a_workspace(brand=brand, endpoint=sandbox.url)
    path = a_file(tmp_path, CONTACTS + "C999,nobody,No\n")

    first = import_contacts(path)
    second = import_contacts(path)

    assert first == {"rows": 161, "new": 160, "updated": 0, "rejected": 1, "suppressed": 0, "synced": 160}
    assert second == {"rows": 161, "new": 0, "updated": 0, "rejected": 1, "suppressed": 0, "synced": 160}
    assert sandbox.calls("/users/track") == 3
    assert Audience.objects.get().size == 160
    assert [item.file.name for item in ContactImport.objects.all()] == ["", ""]


def test_a_dry_run_counts_and_changes_nothing(tmp_path: Path) -> None:
    a_group(brand=a_brand(slug="northwind"), code="US-001")

    counts = import_contacts(a_file(tmp_path), "--dry-run")

    assert counts == {"rows": 160, "new": 160, "updated": 0, "rejected": 0, "suppressed": 0, "synced": 0}
    assert Contact.objects.count() == Audience.objects.count() == ContactImport.objects.count() == 0


def test_contacts_stay_for_later_where_braze_refuses_the_key(tmp_path: Path) -> None:
    brand = a_brand(slug="northwind")
    a_group(brand=brand, code="US-001")
    with running_sandbox(SandboxOptions(api_key="another-key")) as sandbox:
        a_workspace(brand=brand, endpoint=sandbox.url)

        with pytest.raises(CommandError, match=r"not all of them are in Braze\. Braze refused the API key") as refusal:
            import_contacts(a_file(tmp_path))

    assert refusal.value.returncode == 1
    assert API_KEY not in str(refusal.value)
    assert Contact.objects.filter(sync_state=SyncState.PENDING).count() == 160


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file is empty."),
        ("a@example.com,Anna\n", "The file has no header"),
        ("email,first_name\na@example.com,Anna\n", "external ID"),
        ('customer_id,email\nC1,"a@example.com\n', "never closed"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    a_group(brand=a_brand(slug="northwind"), code="US-001")

    with pytest.raises(CommandError, match=sentence) as refusal:
        import_contacts(a_file(tmp_path, content))

    assert refusal.value.returncode == 1
    assert Contact.objects.count() == 0


def test_what_does_not_exist_is_named(tmp_path: Path) -> None:
    a_brand(slug="northwind")

    with pytest.raises(CommandError, match="no group US-001"):
        import_contacts(a_file(tmp_path))
    with pytest.raises(CommandError, match=r"There is no brand nowhere. There are: northwind\."):
        run("import_groups", STORES, "--brand", "nowhere")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run("import_groups", tmp_path / "missing.csv", "--brand", "northwind")


def test_groups_are_imported_and_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    brand = a_brand(slug="northwind")

    dry = run("import_groups", STORES, "--brand", "northwind", "--dry-run")
    before = Group.objects.filter(brand=brand).count()
    real = run("import_groups", STORES, "--brand", "northwind")

    assert dry.startswith("40 groups added, 0 updated, 0 unchanged, 3 regions added (dry run")
    assert before == 1
    assert real.startswith("40 groups added")
    assert Group.objects.filter(brand=brand).count() == 44


def test_bad_rows_of_groups_are_all_named(tmp_path: Path) -> None:
    a_brand(slug="northwind")
    path = a_file(tmp_path, "code,name,region,time_zone\nA,Anna,North,Moon/Base\nB,,North,UTC\n")

    with pytest.raises(
        CommandError, match=r"(?s)Line 2: There is no time zone.*Line 3: The column name is empty"
    ) as no:
        run("import_groups", path, "--brand", "northwind")

    assert no.value.returncode == 1
    assert Group.objects.count() == 1


def test_a_brand_is_connected() -> None:
    brand = a_brand(slug="northwind")
    ids = ("--app-id", APP_ID, "--campaign-id", CAMPAIGN_ID, "--variation-id", VARIATION_ID)

    said = run("connect_braze", "--brand", "northwind", "--endpoint", "http://127.0.0.1:9", "--api-key", "k-1", *ids)

    assert Workspace.objects.get().brand == brand
    assert "k-1" not in said
    with pytest.raises(CommandError, match="no REST endpoint"):
        run("connect_braze", "--brand", "northwind", "--endpoint", "braze", "--api-key", "k-1", *ids)
