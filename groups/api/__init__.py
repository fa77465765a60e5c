"""The API's foundation: tokens, rights, paging, calls that happen once, limits, and errors in plain words (X6)."""
