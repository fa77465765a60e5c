"""The page that people land on: what waits for them, what went out, what is coming, what is not set up yet."""
