"""Everything that one sandbox remembers, in memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS, Matcher, Segment
from braze_client.sandbox.engagement import Engagement
from braze_client.sandbox.ids import Ids
from braze_client.sandbox.journal import Journal
from braze_client.sandbox.messages import EmailContent, Inbox
from braze_client.sandbox.options import Fault, SandboxOptions
from braze_client.sandbox.profiles import Profile, Profiles
from braze_client.sandbox.recorder import Recorder
from braze_client.sandbox.windows import Pool, Windows

Clock = Callable[[], float]
"""Returns UTC epoch seconds."""
Write = Callable[[float], None]
"""A change of profiles that becomes visible later; it is given the moment."""
Find = Callable[[Profiles], Profile | None]
"""Finds one person when the mail goes; people may become known between the call and that moment."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient that is more than an external id; `properties` are the person's own trigger properties."""

    find: Find
    properties: Mapping[str, object]


Recipient = str | Addressee
"""An external id, kept bare because there are hundreds of thousands of them, or anybody else."""


@dataclass(slots=True)
class Schedule:
    """Mail that waits for its time. Route `send` and immediate triggers are schedules that are due at once."""

    route: str
    schedule_id: str | None
    dispatch_id: str
    campaign_id: str | None
    send_id: str | None
    content: EmailContent
    due: float
    local_time: str | None
    subscription_states: frozenset[str]
    addressees: tuple[Recipient, ...]
    matchers: tuple[Matcher, ...]
    is_broadcast: bool
    shared_properties: Mapping[str, object] = field(default_factory=dict)
    state: str = "waiting"
    recipient_count: int = 0
    sent_count: int = 0
    zones_done: set[str] = field(default_factory=set)


class State:
    """The workspace behind one API key."""

    def __init__(self, options: SandboxOptions, clock: Clock) -> None:
        self.options = options
        self.ahead_seconds = 0.0
        self.clock: Clock = lambda: clock() + self.ahead_seconds
        self.journal = Journal(options.state_path) if options.state_path is not None else None
        self.reset()

    def reset(self) -> None:
        """Forgets everything but the options."""
        options = self.options
        self.ahead_seconds = 0.0
        self.ids = Ids()
        self.recorder = Recorder(options.recorded_calls, options.api_key)
        self.profiles = Profiles(array_elements=options.array_elements)
        self.inbox = Inbox(is_as_braze=options.is_rendering_as_braze)
        self.engagement = Engagement(is_growing=options.has_engagement)
        self.windows = Windows()
        self.faults: list[Fault] = list(options.faults)
        self.calls: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.segments: dict[str, Segment] = {segment.segment_id: segment for segment in DEFAULT_SEGMENTS}
        self.schedules: dict[str, Schedule] = {}
        self.queue: list[tuple[float, int, Schedule]] = []
        self.queued = 0
        self.send_ids: dict[tuple[str, str], float] = {}
        # Only those that count for the daily quota; broadcasts get theirs by themselves.
        self.created_send_ids: dict[tuple[str, str], float] = {}
        self.learned_campaigns: dict[str, set[str]] = {
            campaign_id: set(options.variation_ids) for campaign_id in options.campaign_ids
        }
        self.learned_triggers: set[str] = set(options.trigger_campaign_ids)
        self.contents: dict[EmailContent, EmailContent] = {}
        self._writes: deque[tuple[float, Write]] = deque()

    @property
    def shared_pool(self) -> Pool:
        return Pool("shared", self.options.shared_calls_per_hour, self.options.shared_window_seconds)

    def write_later(self, now: float, write: Write) -> None:
        """Applies a change of profiles once it has propagated (B-TRK-18)."""
        if self.options.propagation_seconds <= 0:
            write(now)
        else:
            self._writes.append((now + self.options.propagation_seconds, write))

    def settle(self, now: float) -> None:
        """Lets everything happen whose time has come, but deliveries."""
        while self._writes and self._writes[0][0] <= now:
            visible_at, write = self._writes.popleft()
            write(visible_at)
        for left_at, email in self.engagement.settle(now):
            self.profiles.set_email_state(email, "unsubscribed", left_at)

    def same_content(self, content: EmailContent) -> EmailContent:
        """Returns the one object that holds this content, so that thousands of batches share one body."""
        return self.contents.setdefault(content, content)
