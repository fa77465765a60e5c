"""An upgrade in the right order: drain while mail is going out, migrate, resume; the workers stay all the time."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from campaigns.models import MailingState, Route
from tests.chaos.processes import done_beside
from tests.chaos.run import Run, states_of
from tests.chaos.test_people import in_mid_send


def last_but_one() -> str:
    """Gives the name of the migration before the newest one of campaigns."""
    graph = MigrationLoader(connection).graph
    (leaf,) = graph.leaf_nodes("campaigns")
    before = [node.key for node in graph.node_map[leaf].parents if node.key[0] == "campaigns"]
    return before[0][1]


def upgrade_drained(run: Run, route: Route) -> None:
    """Drains in mid-send, migrates, hires another worker, resumes; demands that everybody gets one mail."""
    mailing = run.a_sent(people=930, route=route)
    in_mid_send(run, route)

    printed = StringIO()
    call_command("drain", stdout=printed)
    called, in_between = run.braze.calls(), states_of(mailing)
    run.braze.mend()
    done_beside(lambda: call_command("migrate", "campaigns", last_but_one(), verbosity=0))
    done_beside(lambda: call_command("migrate", verbosity=0))
    run.hire()
    run.crew.beat()
    run.go_on(lambda: True)
    rested, called_while_drained = states_of(mailing), run.braze.calls()
    call_command("drain", "--resume", stdout=printed)
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert printed.getvalue().startswith("Drained: under way is nothing, and nothing new begins.")
    assert set(in_between) == {"accepted", "waiting"}
    assert (rested, called_while_drained) == (in_between, called)
    assert (mailing.state, states_of(mailing)) == (MailingState.SENT, {"accepted": 930})
