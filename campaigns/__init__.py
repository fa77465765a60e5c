"""What and when: templates, mailings, review, deliveries and reports."""
