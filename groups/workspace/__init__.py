"""A brand's Braze workspace: its settings, its connection, its budget."""
