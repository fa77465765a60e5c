"""Tests of the Braze client."""

from __future__ import annotations
