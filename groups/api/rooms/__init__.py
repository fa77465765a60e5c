"""The operations of the API on things of this package, a module a noun."""
