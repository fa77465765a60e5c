"""The tables of brands, groups, people, workspaces, audiences and contacts; one file a noun."""

from __future__ import annotations

from groups.models.api import ApiCall, ApiToken
from groups.models.attribute import Attribute, AttributeKind
from groups.models.audience import COUNTED_BY_BRAZE, Audience, AudienceKind, AudienceMember
from groups.models.brand import Brand, FormerHost, LookDraft
from groups.models.consent import Lift, Reading, ReadingKind, UnsubscribeScope
from groups.models.contact import Contact, Suppression, SuppressionOrigin, SuppressionReason, SyncState
from groups.models.contact_import import (
    ContactImport,
    HeaderChoice,
    ImportLimit,
    ImportMode,
    ImportReject,
    ImportState,
    Replacement,
    ReplacementPart,
)
from groups.models.contact_text import ContactText
from groups.models.drain import Drain
from groups.models.erasure import ErasedAddress, Erasure, ErasureState, HashKey
from groups.models.event import AddedOnly, Event, Origin, Seal
from groups.models.feature import FeatureSwitch
from groups.models.forgetting import Forgetting
from groups.models.group import MAIL_FIELDS, Group, GroupKind, GroupPath, ReviewPolicy
from groups.models.group_field import GroupField, GroupFieldKind, GroupFieldValue
from groups.models.invitation import Invitation
from groups.models.notice import MailState, Notice, NoticePreference, Pace
from groups.models.role import BrandRole, RoleGrant
from groups.models.scim import ScimGroup, ScimPerson, ScimToken
from groups.models.segment import BrazeSegment, SegmentSize
from groups.models.sign_in import (
    BreakGlassAdmin,
    SecondFactorDemand,
    SeenAssertion,
    SignOnKind,
    SignOnState,
    SingleSignOn,
)
from groups.models.user import Membership, User
from groups.models.user_field import PERSON_FIELDS, UserField, UserFieldKind, UserFieldValue
from groups.models.window import RateWindow
from groups.models.workspace import SendIdDay, SharedSendId, Workspace

__all__ = [
    "COUNTED_BY_BRAZE",
    "MAIL_FIELDS",
    "PERSON_FIELDS",
    "AddedOnly",
    "ApiCall",
    "ApiToken",
    "Attribute",
    "AttributeKind",
    "Audience",
    "AudienceKind",
    "AudienceMember",
    "Brand",
    "BrandRole",
    "BrazeSegment",
    "BreakGlassAdmin",
    "Contact",
    "ContactImport",
    "ContactText",
    "Drain",
    "ErasedAddress",
    "Erasure",
    "ErasureState",
    "Event",
    "FeatureSwitch",
    "Forgetting",
    "FormerHost",
    "Group",
    "GroupField",
    "GroupFieldKind",
    "GroupFieldValue",
    "GroupKind",
    "GroupPath",
    "HashKey",
    "HeaderChoice",
    "ImportLimit",
    "ImportMode",
    "ImportReject",
    "ImportState",
    "Invitation",
    "Lift",
    "LookDraft",
    "MailState",
    "Membership",
    "Notice",
    "NoticePreference",
    "Origin",
    "Pace",
    "RateWindow",
    "Reading",
    "ReadingKind",
    "Replacement",
    "ReplacementPart",
    "ReviewPolicy",
    "RoleGrant",
    "ScimGroup",
    "ScimPerson",
    "ScimToken",
    "Seal",
    "SecondFactorDemand",
    "SeenAssertion",
    "SegmentSize",
    "SendIdDay",
    "SharedSendId",
    "SignOnKind",
    "SignOnState",
    "SingleSignOn",
    "Suppression",
    "SuppressionOrigin",
    "SuppressionReason",
    "SyncState",
    "UnsubscribeScope",
    "User",
    "UserField",
    "UserFieldKind",
    "UserFieldValue",
    "Workspace",
]
