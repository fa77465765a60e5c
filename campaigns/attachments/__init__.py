"""Files that hang on mailings: what a file is, adding and removing them, and the address that Braze fetches."""
