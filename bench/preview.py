"""The live preview as the composer asks for it over HTTP, beside a page of the same portal that does nothing."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx

from bench import Options, Result

_PROJECT = Path(__file__).resolve().parent.parent
_ASKS = 200
_START_SECONDS = 30
_EMAIL, _PASSWORD = "author@northwind.example", "northwind-demo"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_USE = re.compile(r'action="(/g/[0-9a-f-]+/templates/[0-9a-f-]+/use/)"')
_WALL = re.compile(r'href="(/g/[0-9a-f-]+/templates/)"')


def run(options: Options) -> Result:
    """Changes the headline of an event invitation and asks for its preview, once a row (default 200), on a portal of
    its own with the demo's data in SQLite.

    `throughput` is previews a second, `bare_throughput` answers of `/healthz`, both one after the other.
    `cpu_seconds` is what asking took, `preview_p95_ms` the wait for the picture after a change was saved,
    `save_p95_ms` the wait for saving.
    """
    count = options.rows or options.calls or _ASKS
    with tempfile.TemporaryDirectory() as folder, _portal(Path(folder)) as url, httpx.Client(base_url=url) as client:
        mailing = _a_draft(client)
        token = client.cookies["csrftoken"]
        saves, previews, lives = [], [], []
        cpu_started = time.process_time()
        revision = int(_found(r'data-revision="(\d+)"', client.get(mailing).text))
        for number in range(count):
            words = {"headline": f"Coffee and cake {number}", "mailing-revision": str(revision)}
            started = time.perf_counter()
            saved = client.post(
                f"{mailing}save/", data=words, headers={"X-CSRFToken": token, "Accept": "application/json"}
            )
            saves.append(time.perf_counter() - started)
            revision = int(saved.raise_for_status().json()["revision"])
            started = time.perf_counter()
            shown = client.get(f"{mailing}preview/", params={"revision": revision})
            previews.append(time.perf_counter() - started)
            if words["headline"] not in shown.raise_for_status().text:
                raise RuntimeError("The preview does not show what was saved.")
            started = time.perf_counter()
            client.get("/healthz").raise_for_status()
            lives.append(time.perf_counter() - started)
        cpu_seconds = time.process_time() - cpu_started
    return Result(
        name="preview",
        n=count,
        unit="previews/s",
        throughput=count / sum(previews),
        bare_throughput=count / sum(lives),
        cpu_seconds=cpu_seconds,
        more={
            "preview_median_ms": median(previews) * 1e3,
            "preview_p95_ms": p95(previews) * 1e3,
            "save_p95_ms": p95(saves) * 1e3,
            "live_p95_ms": p95(lives) * 1e3,
        },
    )


def p95(seconds: list[float]) -> float:
    """Gives the 95th percentile."""
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


def _a_draft(client: httpx.Client) -> str:
    """Signs in as the demo's author and starts an event invitation; returns the path of its composer."""
    wall = client.get(_found(_WALL, sign_in(client, _EMAIL, _PASSWORD))).text
    form = {"csrfmiddlewaretoken": _found(_TOKEN, wall), "name": "Measured"}
    started = client.post(_found(_USE, wall), data=form)
    return started.headers["location"]


def sign_in(client: httpx.Client, email: str, password: str) -> str:
    """Signs in and returns the page to which that leads."""
    page = client.get("/accounts/login/").text
    form = {"login": email, "password": password, "csrfmiddlewaretoken": _found(_TOKEN, page)}
    return client.post("/accounts/login/", data=form, follow_redirects=True).raise_for_status().text


def _found(pattern: str | re.Pattern[str], page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise RuntimeError("A page of the portal is not what was expected.")
    return match.group(1)


def free_port() -> int:
    """Gives a port of this machine on which nobody listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _portal(folder: Path) -> Iterator[str]:
    """Runs a portal with the demo's data on a free port of this machine, and ends it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "REDIS_URL": "",
        "CELERY_BROKER_URL": "",
        "PUBLIC_URL": url,
        "DEFAULT_BRAND": "northwind",
        "DEMO_BRAZE_ENDPOINT": "http://127.0.0.1:9",
        "DEMO_BRAZE_API_KEY": "key",
        "BRAZE_ALLOW_INSECURE_ENDPOINTS": "true",
        "PYTHONPATH": str(_PROJECT),
    }
    for command in (["migrate", "--verbosity", "0"], ["demo_data"]):
        arguments = [sys.executable, "manage.py", *command]
        subprocess.run(arguments, cwd=_PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
    with serving(port, environment):
        yield url


@contextmanager
def serving(port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """Runs a portal's web server on a port of this machine until it is asked to end."""
    url = f"http://127.0.0.1:{port}"
    arguments = [sys.executable, "-m", "gunicorn", "smartersends.wsgi", "--bind", f"127.0.0.1:{port}"]
    arguments += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning"]
    process = subprocess.Popen(arguments, cwd=_PROJECT, env=dict(environment))
    try:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                httpx.get(f"{url}/healthz").raise_for_status()
                break
            except httpx.HTTPError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(15)
