"""The audit trail: where it is read, exported, sealed into a hash chain, and verified."""
