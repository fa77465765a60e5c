"""The list of a group's mailings: finding them, keeping them in folders, and doing one thing to several."""
