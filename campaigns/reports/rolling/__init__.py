"""Adding up what the pages of groups and networks show, by a task in the background and never when somebody asks."""
