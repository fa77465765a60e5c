"""The tables of templates, images, mailings, tests, reviews, deliveries and reports; one file a noun."""

from __future__ import annotations

from campaigns.models.delivery import (
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    Exclusion,
    ExclusionReason,
    Recipient,
)
from campaigns.models.image import Image, ImageFolder
from campaigns.models.kit import BrandKit
from campaigns.models.mailing import Mailing, MailingState
from campaigns.models.report import ReportDay
from campaigns.models.review import Review, ReviewState
from campaigns.models.rule import RestrictedWord, RuleLevel
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
    "AccessKind",
    "Batch",
    "BatchKind",
    "BatchState",
    "BrandKit",
    "Delivery",
    "DeliveryState",
    "Exclusion",
    "ExclusionReason",
    "Image",
    "ImageFolder",
    "Mailing",
    "MailingState",
    "Recipient",
    "ReportDay",
    "RestrictedWord",
    "Review",
    "ReviewState",
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
]
