"""Template tags of the groups room."""
