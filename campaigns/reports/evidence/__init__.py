"""The evidence pack of a mailing: everything that shows what was sent, to how many, and who said yes, in one file."""
