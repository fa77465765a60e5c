"""The whole delivery engine beside bare limits: speed, plan, memory, two workers, a small budget, a small mailing."""

from __future__ import annotations

from bench import Options, Result
from bench.delivery.place import own_place


def run(options: Options) -> Result:
    """Measures in a database of its own, on the server of ``DATABASE_URL`` or in SQLite; ``--parts`` chooses what.

    ``throughput`` is the batches that one worker hands over in a second, ``bare_throughput`` the calls that a bare loop
    makes with the same bodies over the same transport; both 0 without the part ``speed``.
    """
    with own_place() as database:
        import django

        django.setup()
        from bench.delivery.measuring import measure

        return measure(options, database)
