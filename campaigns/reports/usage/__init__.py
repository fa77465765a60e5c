"""The report of usage: who works with the portal, how much goes out, how long reviews take (P3, P10)."""
