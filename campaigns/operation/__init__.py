"""What operators must know of deliveries: what waits, for how long, and what is left of Braze's budget."""
