"""Keeping the portal well: resting for an upgrade, and new keys for what is encrypted."""
