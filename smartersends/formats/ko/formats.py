"""Korean: morning and afternoon stand before the time."""

from __future__ import annotations

DATETIME_FORMAT = "Y년 n월 j일 A g:i"
