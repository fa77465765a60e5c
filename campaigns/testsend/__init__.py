"""Test mails of mailings: to colleagues, through Braze, by the same render as a delivery and in no report (M14)."""
