"""What is the portal's own: times of a delivery, the sandbox, the demo."""

from __future__ import annotations

from smartersends.settings.environment import PRODUCTION, env

# The address that mail recipients reach: images and unsubscribe pages are linked from here.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
# Shown on the set-up page, to be put on the API key's allow-list in Braze.
OUTGOING_IP_ADDRESSES = env.list("OUTGOING_IP_ADDRESSES", default=[])
# Lives at the host name of PUBLIC_URL, where no brand has it as its own; empty means: the only brand there is.
DEFAULT_BRAND = env.str("DEFAULT_BRAND", default="")

SEND_LEAD_SECONDS = env.int("SEND_LEAD_SECONDS", default=300)
SEND_MARGIN_SECONDS = env.int("SEND_MARGIN_SECONDS", default=60)
STAGE_AHEAD_HOURS = env.int("STAGE_AHEAD_HOURS", default=24)
BRAZE_PROPAGATION_SECONDS = env.int("BRAZE_PROPAGATION_SECONDS", default=300)
BRAZE_CONNECTIONS = env.int("BRAZE_CONNECTIONS", default=16)
REPORT_CALLS = env.int("REPORT_CALLS", default=200)
BRAZE_BUDGET_SHARE = env.float("BRAZE_BUDGET_SHARE", default=0.8)
SEND_IDS_KEPT_FOR_OTHERS = env.int("SEND_IDS_KEPT_FOR_OTHERS", default=10)
# So many calls in a row without an answer that makes sense open the breaker; a probe is made after each rest.
BREAKER_FAILURES = env.int("BREAKER_FAILURES", default=20)
BREAKER_REST_SECONDS = env.int("BREAKER_REST_SECONDS", default=30)
DUE_TOLERANCE_MINUTES = env.int("DUE_TOLERANCE_MINUTES", default=15)
TEST_LEAD_SECONDS = env.int("TEST_LEAD_SECONDS", default=60)
TEST_MAILS_PER_DAY = env.int("TEST_MAILS_PER_DAY", default=50)
APPROVAL_WINDOW_HOURS = env.int("APPROVAL_WINDOW_HOURS", default=72)
APPROVAL_REMINDER_HOURS = env.int("APPROVAL_REMINDER_HOURS", default=24)
APPROVAL_ESCALATION_HOURS = env.int("APPROVAL_ESCALATION_HOURS", default=12)

# Allows REST endpoints that are no Braze instance, such as the sandbox; never switch on where real keys are kept.
BRAZE_ALLOW_INSECURE_ENDPOINTS = env.bool("BRAZE_ALLOW_INSECURE_ENDPOINTS", default=not PRODUCTION)
DEMO_BRAZE_ENDPOINT = env.str("DEMO_BRAZE_ENDPOINT", default="http://127.0.0.1:8001")
DEMO_BRAZE_API_KEY = env.str("DEMO_BRAZE_API_KEY", default="sandbox-key-northwind")

ATTACHMENTS_PER_MAILING = env.int("ATTACHMENTS_PER_MAILING", default=5)
# More rows than this, or a list that becomes so many times as long, ask before they come in; groups may say otherwise.
IMPORT_LARGE_ROWS = env.int("IMPORT_LARGE_ROWS", default=100_000)
IMPORT_LARGE_GROWTH = env.int("IMPORT_LARGE_GROWTH", default=10)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=200 * 1024 * 1024)
IMPORT_MAX_CELL_CHARACTERS = env.int("IMPORT_MAX_CELL_CHARACTERS", default=10_000)
