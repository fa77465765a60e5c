"""The services of the compose file as real processes on real servers; each is killed, and nothing is lost.

They have the commands and the environment of the compose file; only the addresses of servers, the folders and the
ports are this machine's own.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.programs import Redis, a_redis
from tests.smartersends.compose import PROJECT, Services, services

DATABASE, REDIS = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not (DATABASE.startswith("postgres") and REDIS), reason="needs PostgreSQL and Redis"),
]

HOST, TOKEN, PASSWORD = "portal.test", "a-long-token-for-the-numbers", "northwind-demo"
PEOPLE = 24
SITE = f"https://{HOST}"
# What a browser says of the page that a form stands on.
ORIGIN = {"Origin": SITE, "Referer": f"{SITE}/"}
DRAFT = """
import json, pathlib
from campaigns.compose.services import choose_audience, choose_time, save_values, start_mailing
from campaigns.demo.brands import FOLDER
from campaigns.models import Template
from groups.models import Audience, Group, User
group = Group.objects.get(brand__slug="northwind", code="US-001")
actor = User.objects.get(email="sender@northwind.example")
template = Template.objects.get(brand=group.brand, slug="event-invitation")
values = json.loads((FOLDER / "templates" / "event_invitation.values.json").read_text())
mailing = start_mailing(group=group, template=template, actor=actor)
mailing = save_values(mailing=mailing, changes=values, revision=mailing.revision, actor=actor)
mailing = choose_audience(mailing=mailing, audience=Audience.objects.get(group=group, name="Tasting club"), actor=actor)
mailing = choose_time(mailing=mailing, send_at=None, actor=actor)
print(mailing.pk, mailing.revision)
"""
# Celery says it past all logging, in a signal's handler.
GOODBYE = ("", "worker: Warm shutdown (MainProcess)")
LEDGER = """
import json
from campaigns.models import Batch
print(json.dumps({batch.state: batch.size for batch in Batch.objects.all()}))
"""


class Proxy(httpx.HTTPTransport):
    """Ends HTTPS in front of the portal, as the operator's proxy does."""

    def __init__(self, portal: str) -> None:
        super().__init__()
        self._portal = httpx.URL(portal)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Passes a request on over HTTP, and says where it came from."""
        headers = {**request.headers, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        url = request.url.copy_with(scheme="http", host=self._portal.host, port=self._portal.port)
        return super().handle_request(
            httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)
        )


def browser_at(portal: str) -> httpx.Client:
    """Gives a browser at the portal's public address."""
    return httpx.Client(base_url=SITE, transport=Proxy(portal), timeout=20)


@pytest.fixture
def database() -> Iterator[str]:
    """Gives the address of a database of its own."""
    import psycopg

    name = f"compose_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(DATABASE, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{DATABASE.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(DATABASE, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def redis() -> Iterator[Redis]:
    """Gives a Redis of its own, which can be killed and comes back empty."""
    with a_redis() as found:
        if found is None:
            pytest.skip("this machine has no redis-server")
        yield found


@pytest.fixture
def running(tmp_path: Path, database: str, redis: Redis) -> Iterator[Services]:
    """Gives the services, migrated and with the demo in them, and none of them started."""
    ports = {name: _free_port() for name in ("portal", "sandbox", "worker")}
    sandbox = f"http://127.0.0.1:{ports['sandbox']}"
    variables = {
        "SECRET_KEY": "Zk3-q8Lw_x" * 6,
        "FIELD_ENCRYPTION_KEYS": "aB9_cD8-eF7" * 4,
        "ALLOWED_HOSTS": HOST,
        "PUBLIC_URL": SITE,
        "DEFAULT_BRAND": "northwind",
        "POSTGRES_PASSWORD": "unused",
        "BRAZE_ALLOW_INSECURE_ENDPOINTS": "true",
        "DEMO_BRAZE_ENDPOINT": sandbox,
        "METRICS_TOKEN": TOKEN,
        "SEND_LEAD_SECONDS": "14",
        "SEND_MARGIN_SECONDS": "2",
        "BRAZE_PROPAGATION_SECONDS": "0",
        "SWEEP_SECONDS": "1",
    }
    replaced = {
        "postgres://portal:unused@db:5432/portal": database,
        "redis://redis:6379": redis.url.rpartition("/")[0],
        "/app/staticfiles": str(tmp_path / "static"),
        "/data": str(tmp_path / "data"),
        "/tmp/beat": str(tmp_path / "beat"),
        "8001": str(ports["sandbox"]),
        "0.0.0.0": "127.0.0.1",
    }
    (tmp_path / "data").mkdir()
    names = ("migrate", "portal", "worker", "beat", "sandbox")
    # What each container has for itself: its /tmp, and the ports of its network.
    own = {
        name: {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / f"{name}-metrics"), "HEARTBEAT_FILE": str(tmp_path / name)}
        for name in names
    }
    own["portal"]["PORT"], own["worker"]["METRICS_PORT"] = str(ports["portal"]), str(ports["worker"])
    with services(variables, tmp_path, replaced=replaced, own=own) as found:
        with ThreadPoolExecutor(1) as beside:
            collected = beside.submit(manage, found, "collectstatic", "--noinput", "--verbosity", "0")
            assert found.run("migrate") == 0, found.said("migrate")
            manage(found, "demo_data", "--fresh-sandbox")
            collected.result()
        yield found


def test_every_service_can_be_killed_and_nothing_is_lost(running: Services, redis: Redis) -> None:
    portal = f"http://127.0.0.1:{running.environments['portal']['PORT']}"
    started = ("sandbox", "worker", "beat", "portal")
    for name in started:
        running.start(name)
    until(lambda: answers(f"{portal}/readyz"), running)
    until(lambda: answers(f"{portal}/progressz", Authorization=f"Bearer {TOKEN}"), running)
    mailing, revision = manage(running, "shell", "-v0", "-c", DRAFT).split()[-2:]

    running.kill("worker")
    with browser_at(portal) as sender:
        page = f"/m/{mailing}"
        sign_in(sender, "sender@northwind.example")
        token = token_on(sender.get(f"{page}/").text)
        sent = sender.post(f"{page}/send/", data={"csrfmiddlewaretoken": token, "revision": revision}, headers=ORIGIN)
        assert (sent.status_code, sent.headers["location"]) == (302, f"{page}/delivery/")

        running.start("worker")
        until(lambda: is_staged(sender, page), running)
        redis.kill()
        for name in ("sandbox", "beat", "portal"):
            running.kill(name)
        redis.start()
        for name in ("sandbox", "beat", "portal"):
            running.start(name)
        until(lambda: answers(f"{portal}/readyz"), running)
        # The session outlives the process that began it.
        until(lambda: state_of(sender, page) == "Sent", running)

    got = Counter(ledger(running)["messages_per_external_id"].values())
    assert got == {1: PEOPLE}
    settled = manage(running, "shell", "-v0", "-c", LEDGER)
    assert json.loads(settled.splitlines()[-1]) == {"accepted": PEOPLE}
    assert_numbers(portal, running)
    assert_static_files(portal, running)
    assert_doctor_is_right(running)
    assert all(running.is_running(name) for name in started)
    assert running.end() == dict.fromkeys(started, 0)
    assert_lines_are_json_without_anybody(running)


def assert_numbers(portal: str, running: Services) -> None:
    """Looks at the numbers of portal and worker: each has counted what it did itself, in all of its processes."""
    token = {"Authorization": f"Bearer {TOKEN}"}
    of_portal = httpx.get(f"{portal}/metrics", headers=token).text
    of_worker = httpx.get(f"http://127.0.0.1:{running.environments['worker']['METRICS_PORT']}/metrics", headers=token)
    assert httpx.get(f"{portal}/metrics").status_code == 404
    assert 'smartersends_requests_total{method="GET",status="200",view="campaigns:mailing-progress"}' in of_portal
    assert 'smartersends_braze_budget_left{brand="northwind"}' in of_portal
    assert 'smartersends_batch_changes_total{state="accepted"} 1.0' in of_worker.text
    assert (
        'smartersends_braze_calls_total{endpoint="/messages/schedule/create",outcome="accepted"} 1.0' in of_worker.text
    )


def assert_doctor_is_right(running: Services) -> None:
    """Lets the doctor look: this deployment has no mail server, and the demo's second brand no host that is let in."""
    told = json.loads(manage(running, "doctor", "--json", code=1))
    assert {one["check"] for one in told["findings"] if one["level"] == "wrong"} == {"mail", "brands"}, told
    assert {"check": "clocks", "level": "fine"} in [
        {"check": one["check"], "level": one["level"]} for one in told["findings"]
    ]
    for name in ("worker", "beat"):
        assert time.time() - Path(running.environments[name]["HEARTBEAT_FILE"]).stat().st_mtime < 60


def assert_static_files(portal: str, running: Services) -> None:
    """Looks at a static file: it is compressed, and kept for good under a name that stands for its content."""
    with browser_at(portal) as browser:
        address = re.findall(r'href="(/static/[0-9a-f]{12}/css/base\.css)"', browser.get("/accounts/login/").text)[0]
        found = browser.get(address, headers={"Accept-Encoding": "gzip"})
    assert (found.status_code, found.headers["content-encoding"]) == (200, "gzip")
    assert found.headers["cache-control"] == "max-age=315360000, public, immutable"


def assert_lines_are_json_without_anybody(running: Services) -> None:
    """Reads what all services have logged: objects, some of them about the mailing, none about anybody."""
    for name in ("portal", "worker", "beat"):
        said = running.said(name).splitlines()
        lines = [json.loads(line) for line in said if line not in GOODBYE]
        assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
        assert not re.search(r"@northwind\.example|@example|sandbox-key-northwind", running.said(name)), name
        assert len(lines) >= 5
    assert any("mailing" in json.loads(line) for line in running.said("portal").splitlines())


def sign_in(browser: httpx.Client, email: str) -> None:
    """Signs somebody in as a browser does."""
    token = token_on(browser.get("/accounts/login/").text)
    form = {"csrfmiddlewaretoken": token, "login": email, "password": PASSWORD}
    cookies = browser.post("/accounts/login/", data=form, headers=ORIGIN)
    assert cookies.status_code == 302, cookies.text
    # Cookies for HTTPS alone; here a proxy would end it.
    assert all("Secure" in line for line in cookies.headers.get_list("set-cookie"))


def token_on(page: str) -> str:
    """Gives the token of a page's first form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page
    return found[1]


def state_of(browser: httpx.Client, page: str) -> str:
    """Gives the word at the head of a mailing's page, or what the server said instead of the page."""
    answer = browser.get(f"{page}/progress/")
    found = re.search(r'<span class="state[^"]*"[^>]*>(.*?)</span>', answer.text, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip() if found else f"{answer.status_code}"


def is_staged(browser: httpx.Client, page: str) -> bool:
    """Tells whether Braze has all of a mailing, and its time has not come."""
    return "Everything is staged" in browser.get(f"{page}/progress/").text


def ledger(running: Services) -> Any:
    """Gives what the sandbox counted."""
    command = running.commands["sandbox"]
    return httpx.get(f"http://127.0.0.1:{command[command.index('--port') + 1]}/ledger.json").json()


def answers(address: str, **headers: str) -> bool:
    """Tells whether an address answers with 200; it is asked as a load balancer does, by an IP address."""
    try:
        return httpx.get(address, headers=headers, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def until(is_so: Callable[[], bool], running: Services, seconds: float = 60) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        running.tend()
        try:
            if is_so():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.25)
    said = "\n".join(f"{name}: {running.said(name)[-1500:]}" for name in ("portal", "worker", "beat", "sandbox"))
    raise AssertionError(f"It did not come to that within {seconds} s.\n{said}")


def manage(running: Services, *arguments: str, code: int = 0) -> str:
    """Runs a command in the environment of its container, which ends with this code; gives what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=running.environments["migrate"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
