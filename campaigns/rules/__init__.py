"""What a brand demands of every mailing: restricted words, allowed domains, allowed Liquid (M10, M11)."""
