"""Key rotation: every secret comes under the first key, nothing that hangs on one is lost, and it can be cut off."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from groups.crypto import EncryptedTextField, SecretUnreadable
from groups.erasing.hashing import address_digest, key_of
from groups.erasing.kept_out import keep_out
from groups.models import Brand, ErasedAddress, Erasure, Suppression, Workspace
from groups.signin.second_factor import SecondFactorAdapter
from groups.upkeep import keys
from groups.upkeep.places import secrets
from tests.builders import API_KEY, Cast, a_contact, a_workspace

pytestmark = pytest.mark.django_db

SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def ring(settings: Settings) -> list[str]:
    """Gives a ring of one old key."""
    settings.FIELD_ENCRYPTION_KEYS = ["old"]
    return settings.FIELD_ENCRYPTION_KEYS


@pytest.fixture
def brand(cast: Cast) -> Brand:
    """Gives a brand with an API key, an erased person and somebody's second factor, all under the old key."""
    a_workspace(brand=cast.brand)
    digest = address_digest(key_of(cast.brand), "maya@example.com")
    person = a_contact(brand=cast.brand)
    gone = Erasure.objects.create(
        brand=cast.brand, contact=person, asked_by=cast.admin, external_id_digest="x", leftover="left"
    )
    ErasedAddress.objects.create(erasure=gone, brand=cast.brand, digest=digest)
    data = {"secret": SecondFactorAdapter().encrypt(SEED)}
    Authenticator.objects.create(user=cast.admin, type=Authenticator.Type.TOTP, data=data)
    return cast.brand


def run(*arguments: str) -> str:
    """Runs the command and gives what it printed."""
    printed = StringIO()
    call_command("rotate_keys", *arguments, stdout=printed)
    return printed.getvalue()


def test_every_secret_opens_under_the_new_key_alone(brand: Brand, settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]

    said = run()

    assert said.startswith("4 secrets were encrypted anew.")
    assert "Every secret is under the first key." in said
    settings.FIELD_ENCRYPTION_KEYS = ["new"]
    assert keys.look().by_place == {
        "groups_erasure.leftover": 1,
        "groups_hashkey.secret": 1,
        "groups_workspace.api_key": 1,
        "mfa_authenticator.data.secret": 1,
    }
    assert Workspace.objects.get().api_key == API_KEY
    assert SecondFactorAdapter().decrypt(Authenticator.objects.get().data["secret"]) == SEED


def test_somebody_who_was_erased_is_still_kept_out_after_a_rotation(brand: Brand, settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]
    run()
    settings.FIELD_ENCRYPTION_KEYS = ["new"]
    back = a_contact(brand=brand, email="maya@example.com")

    shut = keep_out(brand, [back])

    assert shut == 1
    assert Suppression.objects.get(contact=back).source == "erased"


def test_a_rotation_that_was_cut_off_goes_on_where_it_stopped(
    brand: Brand, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]
    whole = list(secrets())
    monkeypatch.setattr(keys, "secrets", lambda: iter(whole[:2]))
    assert keys.rotate() == 2
    monkeypatch.undo()

    with pytest.raises(CommandError, match="still under an older key"):
        run("--check")
    said = run()

    assert said.startswith("2 secrets were encrypted anew.")
    assert keys.look().by_key == {0: 4}


def test_a_secret_that_somebody_changes_in_the_same_moment_stays_theirs(
    brand: Brand, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]
    stale = [one for one in secrets() if one.place == "groups_workspace.api_key"]
    workspace = Workspace.objects.get()
    workspace.api_key = "pasted meanwhile"
    workspace.save()
    monkeypatch.setattr(keys, "secrets", lambda: iter(stale))

    moved = keys.rotate()

    assert moved == 0
    assert Workspace.objects.get().api_key == "pasted meanwhile"


def test_a_secret_that_no_key_opens_is_named_and_left(brand: Brand, settings: Settings) -> None:
    before = {one.place: one.token for one in secrets()}
    settings.FIELD_ENCRYPTION_KEYS = ["new"]

    with pytest.raises(CommandError, match="4 secrets are opened by no key: ") as refused:
        run()

    assert refused.value.returncode == 1
    assert {one.place: one.token for one in secrets()} == before
    with pytest.raises(SecretUnreadable):
        Workspace.objects.get()


def test_every_encrypted_column_is_rotated(brand: Brand) -> None:
    columns = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    }

    read = {one.place for one in secrets()}

    assert len(columns) == 6
    # Of these there is none in this world.
    assert columns - read == {
        "groups_singlesignon.client_secret",
        "campaigns_webhook.secret",
        "campaigns_webhook.former_secret",
    }


def test_a_session_holds_while_an_earlier_secret_key_is_a_fallback(cast: Cast, settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "one" * 20, []
    client = Client()
    client.force_login(cast.admin)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "two" * 20, ["one" * 20]
    held = client.get("/")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "three" * 20, []
    lost = client.get("/")

    assert held.status_code == 200
    assert lost.status_code == 302
