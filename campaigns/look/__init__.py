"""The look of mails: brand kits that resolve from the group over its region to the brand (T21)."""
