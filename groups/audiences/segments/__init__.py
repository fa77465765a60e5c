"""Braze's segments: which of them groups may send to, what they are, and how large they were day by day (A6)."""
