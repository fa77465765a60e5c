"""Who: brands, groups, people, rights, workspaces, audiences and contacts."""
