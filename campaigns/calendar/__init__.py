"""What goes out when, in a group and in the network below it, and where mailings clash (M19)."""
