"""Tests of the sandbox: it reproduces the contract, rule by rule."""

from __future__ import annotations
