"""The windows of all workers in Redis, each step one script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from braze_client.pacing.pools import DAY_SECONDS, Pool
from braze_client.pacing.windows import Grant, Seen, Window, WindowsUnreachable

if TYPE_CHECKING:
    from redis import Redis
    from redis.commands.core import Script

ANSWER_SECONDS = 2.0
KEPT_SECONDS = 60
UNREACHABLE = "Redis does not say what is left of Braze's rate limits"


class RedisStore:
    """A store that all workers share; each step is one script, so two workers never take the same call.

    Raises :class:`WindowsUnreachable` when Redis does not answer: without a count no call is made.
    """

    RESERVE: Final = """
        local blocked = tonumber(redis.call('GET', KEYS[2]) or '0')
        if blocked > tonumber(ARGV[1]) then return {0, string.format('%.6f', blocked)} end
        local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
        local others = tonumber(redis.call('HGET', KEYS[1], 'others') or '0')
        local limit = tonumber(redis.call('HGET', KEYS[1], 'limit') or ARGV[2])
        local left = math.min(math.floor(limit * tonumber(ARGV[3])) - used, limit - others - used)
        local granted = math.max(0, math.min(tonumber(ARGV[4]), left))
        redis.call('HINCRBY', KEYS[1], 'used', granted)
        redis.call('EXPIRE', KEYS[1], ARGV[5])
        return {granted, ''}
    """
    CORRECT: Final = """
        local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
        local others = tonumber(redis.call('HGET', KEYS[1], 'others') or '0')
        local limit, remaining = tonumber(ARGV[1]), tonumber(ARGV[2])
        redis.call('HSET', KEYS[1], 'limit', limit, 'others', math.max(others, limit - remaining - used))
        redis.call('EXPIRE', KEYS[1], ARGV[3])
        return 1
    """
    BLOCK: Final = """
        local until_ = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
        redis.call('SET', KEYS[1], string.format('%.6f', until_), 'EX', ARGV[2])
        return 1
    """

    def __init__(self, redis: Redis, prefix: str = "braze-window") -> None:
        self._redis = redis
        self._prefix = prefix
        self._reserve = redis.register_script(self.RESERVE)
        self._correct = redis.register_script(self.CORRECT)
        self._block = redis.register_script(self.BLOCK)

    @classmethod
    def from_url(cls, url: str, prefix: str = "braze-window") -> RedisStore:
        """Return a store at a Redis URL, which has 2 s for each answer; the redis package is needed only here."""
        from redis import Redis

        return cls(Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS), prefix)

    def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
        """Take up to ``wanted`` calls out of the current window, atomically."""
        kept_seconds = pool.window_seconds + KEPT_SECONDS
        arguments = [now.timestamp(), pool.limit, pool.share, max(0, wanted), kept_seconds]
        keys = [self._window_key(key, pool, pool.window_start(now)), self._blocked_key(key, pool)]
        granted, blocked_until = self._run(self._reserve, keys, arguments)
        if blocked_until:
            return Grant(0, datetime.fromtimestamp(float(blocked_until), UTC))
        return Grant(int(granted), pool.window_end(now))

    def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
        """Note what Braze said is left until ``reset_at``."""
        if remaining <= 0:
            self._run(self._block, [self._blocked_key(key, pool)], [reset_at.timestamp(), 2 * DAY_SECONDS])
        elif limit is not None:
            start = pool.window_start(reset_at - timedelta(seconds=1))
            arguments: list[float] = [limit, remaining, pool.window_seconds + KEPT_SECONDS]
            self._run(self._correct, [self._window_key(key, pool, start)], arguments)

    def look(self, key: str, pool: Pool, now: datetime) -> Seen:
        """Return the current window of a pool."""
        from redis import RedisError

        try:
            kept = self._redis.hmget(self._window_key(key, pool, pool.window_start(now)), "used", "others", "limit")
            blocked = self._redis.get(self._blocked_key(key, pool))
        except (RedisError, OSError) as problem:
            raise WindowsUnreachable(f"{UNREACHABLE}: {type(problem).__name__}") from problem
        used, others, limit = (None if one is None else int(float(one)) for one in kept)
        until = float(blocked or 0)
        blocked_until = datetime.fromtimestamp(until, UTC) if until > now.timestamp() else None
        return Seen(Window(used or 0, others or 0, limit), blocked_until)

    def _run(self, script: Script, keys: list[str], arguments: list[float]) -> Any:
        from redis import RedisError

        try:
            return script(keys=keys, args=arguments)
        except (RedisError, OSError) as problem:
            raise WindowsUnreachable(f"{UNREACHABLE}: {type(problem).__name__}") from problem

    def _window_key(self, key: str, pool: Pool, start: datetime) -> str:
        return f"{self._prefix}:{{{key}}}:{pool.name}:{int(start.timestamp())}"

    def _blocked_key(self, key: str, pool: Pool) -> str:
        return f"{self._prefix}:{{{key}}}:{pool.name}:blocked"
