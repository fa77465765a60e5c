"""Filters: who of a group's contacts, or of a Braze segment, matches conditions over allowed attributes (A7).

`definition` says what a filter is, `parsing` reads one, `describing` says it in words; `selecting` finds its people in
the database, `connecting` lets Braze find them.
"""
