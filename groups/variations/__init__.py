"""Which message variation of the API campaign stands for which group, so that Braze tells the groups apart."""
