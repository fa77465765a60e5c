"""What a brand says of itself: its look, its domain and its languages (catalogue G12)."""
