"""The API over templates, mailings, reviews, deliveries and reports: the services of the pages, by JSON (X6)."""
