"""Practice mailings: made, checked and sent like any other, and they reach nobody but the team."""
