"""The world of the matrix, built once a module, and the browser that everybody uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from braze_client.sandbox import PORTAL_PERMISSIONS, SandboxOptions
from smartersends import urls
from tests.matrix.watching import fingerprint
from tests.matrix.world import OTHER_HOST, World, a_world
from tests.sandbox_server import API_KEY, running_sandbox


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the folder in which the files of the world lie."""
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker, files: Path) -> Iterator[World]:
    """Gives the world; each test works in a savepoint of its transaction, and after the last one nothing is left."""
    options = SandboxOptions(api_key=API_KEY, permissions=PORTAL_PERMISSIONS, has_engagement=False)
    with (
        running_sandbox(options) as sandbox,
        django_db_blocker.unblock(),
        override_settings(
            MEDIA_ROOT=str(files),
            BRAZE_ALLOW_INSECURE_ENDPOINTS=True,
            LANGUAGE_CODE="en",
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ),
        transaction.atomic(),
    ):
        yield a_world(sandbox)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def untouched(world: World) -> dict[str, str]:
    """Gives the mark of the world as it was built."""
    return fingerprint()


@pytest.fixture(autouse=True)
def settings_of_the_world(
    world: World, db: None, files: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lets each test find the files of the world, and answers 404 without the page, which is not in question here."""
    settings.MEDIA_ROOT, settings.ALLOWED_HOSTS = str(files), ["testserver", OTHER_HOST]
    monkeypatch.setattr(urls, "handler404", _not_found, raising=False)


def _not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=404)
