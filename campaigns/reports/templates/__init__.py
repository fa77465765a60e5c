"""The report of templates across groups: who did best with each, and with which subjects (P7)."""
