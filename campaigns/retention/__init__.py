"""How long this package keeps what it has: who got a mail, pictures, drafts as they stood, test mails."""
