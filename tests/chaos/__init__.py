"""Killing things: real workers that are really killed, a real sandbox, and a ledger that is read person by person.

A run has a database of its own, a sandbox in a process of its own, and workers that are forked from a process that has
Django loaded; they do the same tasks that Celery would give them. The time of all of them is one clock that the run
puts on while nobody works, so that five minutes of lead and a lease of one minute cost no waiting.
"""
