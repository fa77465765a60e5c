"""What all tests share: no network but loopback, nothing written outside temporary folders, a Braze of their own."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_socket
from celery import current_app
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation
from pytest_django import Settings

from braze_client import RedisStore
from braze_client.sandbox import PORTAL_PERMISSIONS, SandboxOptions
from groups.workspace import budget
from tests.builders import Cast, a_cast
from tests.sandbox_server import API_KEY, RunningSandbox, running_sandbox
from tests.scheduling import GroupScheduling


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> GroupScheduling:
    """Lets our own rule say which process a test goes to."""
    return GroupScheduling(config, log)


def pytest_collection_finish() -> None:
    """Takes what stands now, thousands of tests, out of the rounds of the garbage collector."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup() -> None:
    """Lets sockets connect to this machine only."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True, scope="session")
def messages_stay_in_memory() -> None:
    """Keeps Celery's messages in this process, where no worker of another portal finds them."""
    current_app.conf.update(broker_url="memory://", broker_transport=None, broker_transport_options={})


@pytest.fixture(autouse=True, scope="session")
def settings_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sets what must not be a laptop's own: cache, static files, the speed of passwords, how near a sandbox is."""
    with override_settings(
        # Each test client would look through all static files of all packages.
        STATIC_ROOT=str(tmp_path_factory.mktemp("static")),
        WHITENOISE_USE_FINDERS=False,
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        BRAZE_ALLOW_INSECURE_ENDPOINTS=True,
        BRAZE_PROPAGATION_SECONDS=0,
        LANGUAGE_CODE="en",
        DEFAULT_BRAND="",
    ):
        yield


@pytest.fixture(autouse=True)
def files_and_cache_of_its_own(settings: Settings, tmp_path: Path) -> None:
    """Gives a test a folder of its own for files that are uploaded, an empty cache, and no reader's language."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cache.clear()
    translation.deactivate()


@pytest.fixture(autouse=True)
def windows_of_its_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts a test's calls apart in Redis, where the port of a Braze that is gone may be that of a new one."""
    if settings.REDIS_URL:
        apart = RedisStore.from_url(settings.REDIS_URL, prefix=f"test-{uuid4()}")
        monkeypatch.setattr(budget, "_redis_store", lambda _url: apart)


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """Gives a Braze of its own, over HTTP on this machine, with the portal's usual permissions."""
    with running_sandbox(
        SandboxOptions(api_key=API_KEY, permissions=PORTAL_PERMISSIONS, has_engagement=False)
    ) as found:
        yield found


@pytest.fixture
def cast(db: None) -> Cast:
    """Gives a brand, its groups, and everybody who tries a page."""
    return a_cast()
