"""Where local authors write, preview and send."""
