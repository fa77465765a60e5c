"""Commands for scripts and operators."""
