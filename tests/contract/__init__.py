"""Which test proves which rule of Braze's contract, and what the client reports for each fault at each endpoint."""

from __future__ import annotations
