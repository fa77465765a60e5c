"""The papers tell the truth: their commands are understood, their links lead somewhere."""
