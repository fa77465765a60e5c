"""The tree of groups: making, importing and reading it."""
