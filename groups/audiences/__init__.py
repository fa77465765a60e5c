"""Audiences and contacts: importing, synchronising with Braze, unsubscribing."""
