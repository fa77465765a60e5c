"""Looking into the ledger: the batches of a delivery, the people of a batch, and every mailing of a contact."""
