"""Files of contacts on their way in: reading, matching columns, trying, importing, replacing, and what was rejected."""
