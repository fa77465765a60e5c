"""Contacts one by one: finding them, looking them up in Braze, adding, changing and deleting them by hand."""
