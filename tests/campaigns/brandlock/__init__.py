"""Tests of brand lock."""

from __future__ import annotations
