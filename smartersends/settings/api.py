"""The API and its webhooks: how often a token may call, and where the portal may send events."""

from __future__ import annotations

from smartersends.settings.environment import PRODUCTION, env

API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=300)
# Webhooks to this machine, to private networks or over plain HTTP; never switch on where people work.
WEBHOOKS_ALLOW_INSECURE_ADDRESSES = env.bool("WEBHOOKS_ALLOW_INSECURE_ADDRESSES", default=not PRODUCTION)
# Between retries the wait doubles, and grows no longer than six hours; after three days the webhook is switched off.
WEBHOOK_TIMEOUT_SECONDS = env.float("WEBHOOK_TIMEOUT_SECONDS", default=10.0)
