"""Tests, mirroring the tree."""

from __future__ import annotations
