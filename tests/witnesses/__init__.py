"""Other people's Braze clients drive the local Braze: what they send and read was not written by us."""

from __future__ import annotations
