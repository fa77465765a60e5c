"""The report of one mailing: what was handed over, what Braze counted day by day, and how sure that is."""
