"""Reading what Braze says happened, and showing it."""
