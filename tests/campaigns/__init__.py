"""Tests of the campaigns."""

from __future__ import annotations
