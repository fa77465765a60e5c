"""Keeping the whole portal well: what is under way while it is drained, backing it up, restoring it."""
