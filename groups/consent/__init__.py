"""Consent: who must not be mailed and why, leaving and coming back, and what Braze tells of it."""
