"""The tables of templates, images, rules, mailings, reviews, deliveries and reports; one file a noun."""

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

__all__ = [
    "LIMIT_NAMES",
    "AccessKind",
    "Batch",
    "BatchKind",
    "BatchState",
    "Blackout",
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
    "RoleLimit",
    "Route",
    "RuleLevel",
    "Snippet",
    "SnippetVersion",
    "SourceKind",
    "Template",
    "TemplateAccess",
    "TemplateVersion",
    "TimeRules",
]
