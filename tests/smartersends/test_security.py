"""What keeps attackers out of every page: headers, cookies, tokens of forms, host names, and locked packages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from campaigns.models import Mailing
from tests.audit import verdict
from tests.builders import PASSWORD, Cast
from tests.campaigns.builders import a_template

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("address", ["/accounts/login/", "/brand.css", "/nowhere"])
def test_every_answer_carries_the_headers(cast: Cast, client: Client, address: str) -> None:
    answer = client.get(address)

    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_production_is_clean_by_djangos_own_checks_and_its_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    production = {
        "PATH": os.environ["PATH"],
        "PRODUCTION": "true",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "".join(chr(33 + number) for number in range(80)),
        "FIELD_ENCRYPTION_KEYS": "a-long-random-text",
        "ALLOWED_HOSTS": "portal.example",
        "TRUSTED_PROXY_COUNT": "1",
    }
    script = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
names = ("SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE CSRF_COOKIE_NAME"
         " CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS SECURE_SSL_REDIRECT DEBUG SESSION_COOKIE_AGE")
print(json.dumps({name: getattr(settings, name) for name in names.split()}))
"""

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env={**production, "DJANGO_SETTINGS_MODULE": "smartersends.settings", "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_SSL_REDIRECT": True,
        "DEBUG": False,
        "SESSION_COOKIE_AGE": 43_200,
    }


def test_a_form_of_another_site_changes_nothing(cast: Cast) -> None:
    template = a_template(brand=cast.brand)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.author)
    address = reverse("campaigns:mailing-start", args=[cast.store.pk, template.pk])

    answer = strict.post(address, {}, headers={"origin": "https://evil.example"})

    assert answer.status_code == 403
    assert not Mailing.everything.exists()


def test_signing_in_gives_a_new_session_and_leaves_the_old_one_worthless(cast: Cast, client: Client) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    client.post("/accounts/login/", {"login": cast.author.email, "password": PASSWORD})

    assert client.session.session_key != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert other.get("/", follow=False).status_code == 302


def test_guessing_a_password_is_held_up_after_a_few_and_the_right_one_as_well(cast: Cast, client: Client) -> None:
    for _guess in range(5):
        client.post("/accounts/login/", {"login": cast.author.email, "password": "wrong"})

    answer = client.post("/accounts/login/", {"login": cast.author.email, "password": PASSWORD})

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_host_name_that_is_not_ours_gets_no_page_and_stands_in_no_mail(cast: Cast, client: Client) -> None:
    answer = client.post("/accounts/password/reset/", {"email": cast.author.email}, headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert mail.outbox == []


def test_every_locked_package_has_its_hashes_and_no_place_of_its_own() -> None:
    for lock in ("portal.txt", "dev.txt"):
        text = (PROJECT / "requirements" / lock).read_text(encoding="utf-8")
        packages = re.findall(r"^([a-z0-9._-]+)==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
        lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

        assert len(packages) == len(lines) > 50
        assert "://" not in text


PACKAGE = {"name": "pillow", "version": "1.0", "vulns": []}
WEAK = {**PACKAGE, "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}]}
UNKNOWN = {"name": "other", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([PACKAGE], 0, "No known weakness in 1 packages."),
        ([PACKAGE, UNKNOWN], 0, "NOT AUDITED: the service did not know 1 of 2 packages; the others are clean."),
        ([UNKNOWN], 0, "NOT AUDITED: the service did not know one of the 1 packages."),
        ([WEAK, UNKNOWN], 1, "1 known weaknesses:\npillow 1.0: PYSEC-1, mended in 1.1"),
        (None, 0, "NOT AUDITED: the vulnerability service could not be asked. Nothing is known of the packages."),
    ],
    ids=["clean", "partly asked", "nothing known", "weak", "not asked"],
)
def test_a_known_weakness_is_red_and_a_silent_service_says_so(
    packages: list[dict[str, object]] | None, code: int, said: str
) -> None:
    report = "" if packages is None else json.dumps({"dependencies": packages, "fixes": []})

    assert verdict(report) == (code, said.split("\n"))
