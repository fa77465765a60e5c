"""A brand's rules about time: quiet hours, blackout dates, how far ahead, how often and to how many (M17, M18, M23)."""
