"""What the portal keeps of contacts once Braze has them: everything, or as little as it can (catalogue A9)."""
