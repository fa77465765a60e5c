"""What the compose file and the image promise: read by a real parser, service by service."""

from __future__ import annotations

import re

import pytest

from tests.smartersends.compose import PROJECT, Unset, image, read
from tests.smartersends.test_settings import example_names

VARIABLES = {
    "SECRET_KEY": "s" * 60,
    "FIELD_ENCRYPTION_KEYS": "f" * 40,
    "ALLOWED_HOSTS": "mail.example.com",
    "PUBLIC_URL": "https://mail.example.com",
    "POSTGRES_PASSWORD": "p" * 20,
}
OWN = ("migrate", "portal", "worker", "beat", "sandbox")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = read(VARIABLES)["services"]
    return found


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_nothing_starts_without_its_secrets(name: str) -> None:
    without = {other: value for other, value in VARIABLES.items() if other != name}

    with pytest.raises(Unset, match=f"^{name}: "):
        read(without)


def test_the_file_starts_all_parts_with_names_that_exist(services: dict[str, dict[str, dict[str, object]]]) -> None:
    names = {name for service in OWN for name in services[service]["environment"]}

    assert set(services) == {*OWN, "db", "redis"}
    assert names - example_names() == set()


@pytest.mark.parametrize("name", OWN)
def test_each_container_of_the_portal_is_locked_up(name: str, services: dict[str, dict[str, object]]) -> None:
    service = services[name]

    assert service["image"] == "smartersends"
    assert (service["read_only"], service["tmpfs"]) == (True, ["/tmp"])
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert service["env_file"] == [{"path": ".env", "required": False}]


def test_migrations_are_a_step_before_everything_else(services: dict[str, dict[str, dict[str, object]]]) -> None:
    migrate = services["migrate"]

    assert migrate["command"] == ["python", "manage.py", "migrate", "--noinput"]
    assert migrate["restart"] == "no"
    assert migrate["depends_on"] == {name: {"condition": "service_healthy"} for name in ("db", "redis")}
    for name in ("portal", "worker", "beat"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert services[name]["restart"] == "unless-stopped"


def test_each_service_that_stays_is_asked_for_its_health(services: dict[str, dict[str, dict[str, list[str]]]]) -> None:
    asked = {name: " ".join(one["healthcheck"]["test"]) for name, one in services.items() if name != "migrate"}

    assert "/readyz" in asked["portal"]
    for name in ("worker", "beat"):
        assert asked[name] == 'CMD-SHELL test -n "$(find /tmp/heartbeat -mmin -1)"'
        assert services[name]["environment"]["HEARTBEAT_FILE"] == "/tmp/heartbeat"
    assert (asked["db"], asked["redis"]) == ("CMD-SHELL pg_isready -U portal", "CMD redis-cli ping")
    assert "8001/inbox.json" in asked["sandbox"]


def test_a_worker_has_time_to_finish_and_numbers_of_its_own(services: dict[str, dict[str, object]]) -> None:
    worker = services["worker"]

    assert worker["stop_grace_period"] == "60s"
    assert worker["environment"]["METRICS_PORT"] == "9000"  # type: ignore[index]
    assert "METRICS_PORT" not in services["portal"]["environment"]  # type: ignore[operator]
    assert "ports" not in worker


def test_what_must_last_lies_in_volumes_and_redis_throws_nothing_out(services: dict[str, dict[str, object]]) -> None:
    assert services["db"]["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert services["redis"]["volumes"] == ["redis:/data"]
    assert services["redis"]["command"] == ["redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    assert all(services[name]["volumes"] == ["data:/data"] for name in OWN)
    assert not any("ports" in services[name] for name in ("db", "redis", "beat", "migrate"))


def test_the_sandbox_is_optional_and_answers_this_machine_alone(services: dict[str, dict[str, object]]) -> None:
    assert services["sandbox"]["profiles"] == ["sandbox"]
    assert services["sandbox"]["ports"] == ["127.0.0.1:8001:8001"]
    assert [name for name in services if "profiles" in services[name]] == ["sandbox"]


def test_the_image_runs_as_nobody_in_particular_and_serves_what_was_compressed() -> None:
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    environment, command = image()
    last = text[text.rindex("\nFROM ") :]

    assert command == ["gunicorn", "-c", "python:smartersends.server", "smartersends.wsgi"]
    assert environment["WHITENOISE_USE_FINDERS"] == "false"
    assert re.findall(r"^USER (\w+)$", last, re.MULTILINE) == ["portal"]
    assert last.index("\nUSER ") < last.index("\nCMD ")
    assert "apt-get" not in last
    assert "collectstatic" in text
    assert "brotli --keep" in text
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".git", "data", "tests", ".venv"} <= set(ignored)
