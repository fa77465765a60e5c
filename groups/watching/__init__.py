"""What operators see of the work: which request, brand and mailing a log line is about, and counts of calls."""
