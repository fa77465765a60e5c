"""Drives track, export and a scheduled trigger with braze-client; prints the answers as JSON."""

from __future__ import annotations

import json
import os
import sys

from braze.client import BrazeClient, BrazeClientError  # type: ignore[import-not-found]

client = BrazeClient(os.environ["BRAZE_KEY"], os.environ["BRAZE_URL"])
answers = {
    "track": client.user_track(attributes=[{"external_id": "user-1", "email": "u1@x.example", "first_name": "Ana"}]),
    "export": client.user_export(external_ids=["user-1"], fields_to_export=["email", "first_name"]),
    "trigger": client.campaign_trigger_schedule_create(
        "trigger-1", {"time": os.environ["SOON"]}, recipients=[{"external_user_id": "user-1"}]
    ),
}
try:
    client.user_track(attributes=[{"first_name": "nobody"}])
except BrazeClientError as error:
    answers["refused"] = error.args
sys.stdout.write(json.dumps(answers))
