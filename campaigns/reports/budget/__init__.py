"""Braze's budget and quota: what is left of each window, who took today's send IDs, and what waits."""
