"""The report of a network: where it stands, who is silent, what clashes, down the tree (P6, P8)."""
