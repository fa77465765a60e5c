"""Erasing people on request: asked > erasing > erased, and the proof of it."""
