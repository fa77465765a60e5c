"""Which test shows which row of the catalogue, and the tables of docs/templates.md that are made of the code."""

from __future__ import annotations
