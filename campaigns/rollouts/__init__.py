"""Rollouts: head office or a region prepares one mailing for many groups, and each sends its own."""
