"""The tables of templates, images, rules, mailings, tests, reviews, deliveries and reports; one file a noun."""

from __future__ import annotations

from campaigns.models.attachment import Attachment
from campaigns.models.breaker import Breaker
from campaigns.models.candidate import Candidate, empty_candidates
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
from campaigns.models.halt import Halt
from campaigns.models.image import Image, ImageFolder
from campaigns.models.kit import BrandKit
from campaigns.models.mailing import Mailing, MailingState
from campaigns.models.report import ReportDay
from campaigns.models.review import Review, ReviewState
from campaigns.models.rule import RestrictedWord, RuleLevel
from campaigns.models.schedule import LIMIT_NAMES, Blackout, RoleLimit, TimeRules
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

__all__ = [
    "GONE",
    "LIMIT_NAMES",
    "AccessKind",
    "Attachment",
    "AudienceChunk",
    "Batch",
    "BatchKind",
    "BatchState",
    "Blackout",
    "BrandKit",
    "Breaker",
    "Candidate",
    "Delivery",
    "DeliveryState",
    "Exclusion",
    "ExclusionReason",
    "GroupShare",
    "Halt",
    "Image",
    "ImageFolder",
    "Mailing",
    "MailingState",
    "PauseCause",
    "Recipient",
    "ReportDay",
    "RestrictedWord",
    "Review",
    "ReviewState",
    "RoleLimit",
    "Route",
    "RuleLevel",
    "Snippet",
    "SnippetVersion",
    "SourceKind",
    "SyncedTester",
    "Template",
    "TemplateAccess",
    "TemplateVersion",
    "TestMail",
    "TestState",
    "TimeRules",
    "empty_candidates",
]
