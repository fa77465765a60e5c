"""Dashboard, alerts, runbook and thresholds speak of numbers and headings that exist."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from django.conf import settings
from prometheus_client import REGISTRY

from smartersends.operation.standing import Standing
from tests.smartersends.compose import PROJECT

DOCS = PROJECT / "docs"
NAME = re.compile(r"\bsmartersends_[a-z_]+")
LABEL = re.compile(r"\b(smartersends_[a-z_]+)\{([^}]*)\}")
ALERTS: list[dict[str, Any]] = yaml.safe_load((DOCS / "operations" / "alerts.yml").read_text(encoding="utf-8"))[
    "groups"
][0]["rules"]


def expressions() -> list[str]:
    """Gives every expression of the dashboard and of the alerts."""
    dashboard = json.loads((DOCS / "operations" / "grafana.json").read_text(encoding="utf-8"))
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return [*shown, *(rule["expr"] for rule in ALERTS)]


@pytest.mark.django_db
def test_every_number_that_is_shown_or_warned_of_exists_and_every_one_that_exists_is_shown() -> None:
    families = [*REGISTRY.collect(), *Standing().collect()]
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    own = [family for family in families if family.name.startswith("smartersends_")]
    exist = {family.name + ending for family in own for ending in endings[family.type]}
    named = {name for expression in expressions() for name in NAME.findall(expression)}

    assert named - exist == set()
    hidden = {family.name for family in own if not any(name.startswith(family.name) for name in named)}
    assert hidden == set()
    assert len(own) >= 17


def test_every_state_and_outcome_that_an_alert_names_exists() -> None:
    from braze_client import errors
    from campaigns.models import BatchState
    from groups.models.contact_import import ImportState
    from groups.watching.calls import outcome_of

    kinds: list[Any] = [
        errors.NotSent("x"),
        errors.RateLimited("x", retry_at=None),
        errors.KeyRefused("x", status=401),
        errors.PermissionRefused("x", status=403),
        errors.CallRefused("x", status=400),
        errors.Uncertain("x"),
        errors.Uncertain("x", may_have_acted=False),
    ]
    exist = {*BatchState.values, *ImportState.values, "accepted", *(outcome_of(kind) for kind in kinds), "5.."}
    chosen = [pair for rule in ALERTS for _name, pairs in LABEL.findall(rule["expr"]) for pair in pairs.split(",")]
    named = {value for pair in chosen for value in pair.split('"')[1].split("|")}

    assert named - exist == set()
    assert len(named) >= 7


def test_every_alert_has_its_place_in_the_runbook() -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    headings = {line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("###")}

    for rule in ALERTS:
        assert rule["alert"] in headings, rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("page", "ticket")


@pytest.mark.parametrize(
    ("alert", "setting"),
    [
        ("BatchesStand", "PROGRESS_BATCH_SECONDS"),
        ("SweepBehind", "PROGRESS_SWEEP_SECONDS"),
        ("WorkerGone", "PROGRESS_WORKER_SECONDS"),
        ("ClockGone", "PROGRESS_BEAT_SECONDS"),
    ],
)
def test_alerts_and_progress_have_the_same_thresholds(alert: str, setting: str) -> None:
    (rule,) = [rule for rule in ALERTS if rule["alert"] == alert]

    assert int(rule["expr"].rpartition(">")[2]) == getattr(settings, setting)


def test_every_setting_of_operation_stands_in_the_page_for_operators() -> None:
    source = (PROJECT / "smartersends" / "settings" / "operation.py").read_text(encoding="utf-8")
    text = (DOCS / "operations.md").read_text(encoding="utf-8")

    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))

    assert {name for name in names if f"`{name}`" not in text} == set()
    assert len(names) >= 14


def test_every_check_of_the_doctor_stands_in_the_page_for_operators() -> None:
    from smartersends.doctor.examining import CHECKS

    text = (DOCS / "operations.md").read_text(encoding="utf-8")

    assert {name for name in CHECKS if f"`{name}`" not in text} == set()
