"""The report of one group: how its mailings did over time, and which did best and worst."""
