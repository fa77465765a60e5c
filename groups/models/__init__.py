"""The tables of brands, groups, people, workspaces, audiences and contacts; one file a noun."""

from __future__ import annotations

from groups.models.attribute import Attribute, AttributeKind
from groups.models.audience import COUNTED_BY_BRAZE, Audience, AudienceKind, AudienceMember
from groups.models.brand import Brand
from groups.models.contact import Contact, Suppression, SuppressionReason, SyncState
from groups.models.contact_import import ContactImport, ImportReject, ImportState
from groups.models.event import Event
from groups.models.group import Group, GroupKind, GroupPath, ReviewPolicy
from groups.models.scim import ScimGroup, ScimPerson, ScimToken
from groups.models.sign_in import (
    BreakGlassAdmin,
    SecondFactorDemand,
    SeenAssertion,
    SignOnKind,
    SignOnState,
    SingleSignOn,
)
from groups.models.user import Membership, User
from groups.models.window import RateWindow
from groups.models.workspace import SendIdDay, Workspace

__all__ = [
    "COUNTED_BY_BRAZE",
    "Attribute",
    "AttributeKind",
    "Audience",
    "AudienceKind",
    "AudienceMember",
    "Brand",
    "BreakGlassAdmin",
    "Contact",
    "ContactImport",
    "Event",
    "Group",
    "GroupKind",
    "GroupPath",
    "ImportReject",
    "ImportState",
    "Membership",
    "RateWindow",
    "ReviewPolicy",
    "ScimGroup",
    "ScimPerson",
    "ScimToken",
    "SecondFactorDemand",
    "SeenAssertion",
    "SendIdDay",
    "SignOnKind",
    "SignOnState",
    "SingleSignOn",
    "Suppression",
    "SuppressionReason",
    "SyncState",
    "User",
    "Workspace",
]
