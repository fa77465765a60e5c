"""Telling a brand's own systems what becomes of mailings, deliveries and imports (X6; Standard Webhooks)."""
