"""The tables of templates, images, rules, mailings, rollouts, tests, reviews, deliveries, reports; one file a noun."""

from __future__ import annotations

from campaigns.models.attachment import Attachment
from campaigns.models.breaker import Breaker
from campaigns.models.candidate import Candidate, empty_candidates
from campaigns.models.comment import Comment
from campaigns.models.delivery import (
    GONE,
    AudienceChunk,
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    Exclusion,
    ExclusionReason,
    GroupShare,
    PauseCause,
    Recipient,
)
from campaigns.models.folder import MailingFolder
from campaigns.models.halt import Halt
from campaigns.models.image import Image, ImageFolder
from campaigns.models.kit import BrandKit
from campaigns.models.mailing import ASKING, HANDED_OVER, Mailing, MailingState
from campaigns.models.nudge import Nudge
from campaigns.models.report import ReportDay, ReportProblem
from campaigns.models.result import MailingResult
from campaigns.models.review import Decision, Level, Review, ReviewState, Verdict
from campaigns.models.review_rule import CannedReason, Demand, ReviewRule
from campaigns.models.rollout import (
    Answer,
    AudienceRule,
    Rollout,
    RolloutApproval,
    RolloutKind,
    RolloutPart,
    RolloutState,
)
from campaigns.models.rollup import (
    GroupStanding,
    GroupWeek,
    MailingClash,
    RollupRun,
    TemplateStanding,
    UsageMonth,
)
from campaigns.models.rule import RestrictedWord, RuleLevel
from campaigns.models.schedule import LIMIT_NAMES, Blackout, RoleLimit, TimeRules
from campaigns.models.snapshot import Snapshot
from campaigns.models.template import (
    AccessKind,
    Route,
    Snippet,
    SnippetVersion,
    SourceKind,
    Template,
    TemplateAccess,
    TemplateVersion,
)
from campaigns.models.testing import SyncedTester, TestMail, TestState
from campaigns.models.webhook import EventState, OffReason, Webhook, WebhookEvent, WebhookKind

__all__ = [
    "ASKING",
    "GONE",
    "HANDED_OVER",
    "LIMIT_NAMES",
    "AccessKind",
    "Answer",
    "Attachment",
    "AudienceChunk",
    "AudienceRule",
    "Batch",
    "BatchKind",
    "BatchState",
    "Blackout",
    "BrandKit",
    "Breaker",
    "Candidate",
    "CannedReason",
    "Comment",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Demand",
    "EventState",
    "Exclusion",
    "ExclusionReason",
    "GroupShare",
    "GroupStanding",
    "GroupWeek",
    "Halt",
    "Image",
    "ImageFolder",
    "Level",
    "Mailing",
    "MailingClash",
    "MailingFolder",
    "MailingResult",
    "MailingState",
    "Nudge",
    "OffReason",
    "PauseCause",
    "Recipient",
    "ReportDay",
    "ReportProblem",
    "RestrictedWord",
    "Review",
    "ReviewRule",
    "ReviewState",
    "RoleLimit",
    "Rollout",
    "RolloutApproval",
    "RolloutKind",
    "RolloutPart",
    "RolloutState",
    "RollupRun",
    "Route",
    "RuleLevel",
    "Snapshot",
    "Snippet",
    "SnippetVersion",
    "SourceKind",
    "SyncedTester",
    "Template",
    "TemplateAccess",
    "TemplateStanding",
    "TemplateVersion",
    "TestMail",
    "TestState",
    "TimeRules",
    "UsageMonth",
    "Verdict",
    "Webhook",
    "WebhookEvent",
    "WebhookKind",
    "empty_candidates",
]
