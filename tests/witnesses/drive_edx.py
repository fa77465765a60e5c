"""Drives track, export and trigger with edx-braze-client; prints the answers as JSON."""

from __future__ import annotations

import json
import os
import sys

from braze.client import BrazeClient  # type: ignore[import-not-found]
from braze.exceptions import BrazeUnauthorizedError  # type: ignore[import-not-found]

client = BrazeClient(os.environ["BRAZE_KEY"], os.environ["BRAZE_URL"], "app-1")
people = [{"external_id": f"user-{n}", "email": f"u{n}@x.example", "first_name": f"N{n}"} for n in range(80)]
client.track_user(attributes=people)
answers = {
    "external_id": client.get_braze_external_id("u79@x.example"),
    "nobody": client.get_braze_external_id("ghost@x.example"),
    "trigger": client.send_campaign_message(
        "trigger-1", emails=["u1@x.example"], trigger_properties={"headline": "Hi"}
    ),
}
try:
    BrazeClient("wrong-key", os.environ["BRAZE_URL"], "app-1").get_braze_external_id("u1@x.example")
except BrazeUnauthorizedError as error:
    answers["refused"] = str(error)
sys.stdout.write(json.dumps(answers))
