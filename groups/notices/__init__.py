"""Telling people what happened: in the portal and by mail, at once or together, as each of them wishes."""
