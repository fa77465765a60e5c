"""The people of a brand."""
