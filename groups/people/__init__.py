"""Signing in, and the people of a brand."""
