"""Submitting and approving, bound to a digest of what was looked at."""
