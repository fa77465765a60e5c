"""The map of message variations."""
