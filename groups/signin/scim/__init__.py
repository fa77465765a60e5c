"""SCIM 2.0 (RFC 7643, 7644): a brand's directory creates, changes and switches off its people and gives them roles.

Everything hangs on the brand of the bearer token: what belongs to another brand does not exist here.
"""
