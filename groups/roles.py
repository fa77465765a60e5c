"""What each role may do: the permissions and the shipped roles of product.md, section 4."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """One thing that a person may or may not do in a group; seeing, editing, replacing and exporting are separate."""

    SEE_MAILINGS = "see_mailings", _("See mailings and reports")
    EDIT_MAILINGS = "edit_mailings", _("Create and edit mailings")
    SEND_MAILINGS = "send_mailings", _("Send mailings")
    REVIEW_MAILINGS = "review_mailings", _("Review mailings")
    APPROVE_MAILINGS = "approve_mailings", _("Approve mailings")
    OVERRIDE_CHECKS = "override_checks", _("Override a blocking check")
    STOP_MAILINGS = "stop_mailings", _("Stop and recall mailings, decide uncertain batches")
    SEE_CONTACTS = "see_contacts", _("See contacts")
    MANAGE_CONTACTS = "manage_contacts", _("Add, edit, remove and import contacts")
    OVERWRITE_AUDIENCE = "overwrite_audience", _("Overwrite an audience")
    CREATE_FILTERS = "create_filters", _("Create filters")
    ASSIGN_SEGMENTS = "assign_segments", _("Assign Braze segments to groups")
    EXPORT_AUDIENCES = "export_audiences", _("Export audiences")
    EXPORT_RECIPIENTS = "export_recipients", _("Export recipients")
    MANAGE_IMAGES = "manage_images", _("Manage images")
    EDIT_IMAGES = "edit_images", _("Edit images")
    MANAGE_FOLDERS = "manage_folders", _("Manage folders")
    MANAGE_TEMPLATES = "manage_templates", _("Manage templates, snippets and merge tags")
    MANAGE_RULES = "manage_rules", _("Manage rules")
    MANAGE_LOOK = "manage_look", _("Change brand look, domain and languages")
    MANAGE_USERS = "manage_users", _("Manage users")
    MANAGE_GROUPS = "manage_groups", _("Manage groups")
    MANAGE_WORKSPACE = "manage_workspace", _("Change the Braze Email Service Provider settings")
    ACT_AS = "act_as", _("Act as another member")
    USE_API_TOKENS = "use_api_tokens", _("Use API tokens")
    SEE_AUDIT_TRAIL = "see_audit_trail", _("See the audit trail")


class Feature(models.TextChoices):
    """What a brand may switch off in a group and in those below it, whatever the roles of its people (catalogue G9)."""

    CONTACTS = "contacts", _("Add and import contacts")
    FILTERS = "filters", _("Create filters")
    OWN_IMAGES = "own_images", _("Own images")
    EXPORTS = "exports", _("Exports")
    ATTACHMENTS = "attachments", _("Attachments")
    SCHEDULING = "scheduling", _("Choose the time of a mailing")
    SENDING = "sending", _("Send without approval")


class Role(models.TextChoices):
    """The key of a shipped role; held on a group it holds for the groups below."""

    ADMIN = "admin", _("Admin")
    BRAND_MANAGER = "brand_manager", _("Brand manager")
    REGIONAL_MANAGER = "regional_manager", _("Regional manager")
    APPROVER = "approver", _("Approver")
    REVIEWER = "reviewer", _("Reviewer")
    LOCAL_SENDER = "local_sender", _("Local sender")
    LOCAL_AUTHOR = "local_author", _("Local author")
    READ_ONLY = "read_only", _("Read only")


_COLUMNS = {
    "A": Role.ADMIN,
    "B": Role.BRAND_MANAGER,
    "R": Role.REGIONAL_MANAGER,
    "P": Role.APPROVER,
    "V": Role.REVIEWER,
    "S": Role.LOCAL_SENDER,
    "L": Role.LOCAL_AUTHOR,
    "O": Role.READ_ONLY,
}

_HOLDERS: dict[Permission, str] = {
    Permission.SEE_MAILINGS: "ABRPVSLO",
    Permission.EDIT_MAILINGS: "ABRSL",
    Permission.SEND_MAILINGS: "ABRS",
    Permission.REVIEW_MAILINGS: "BRV",
    Permission.APPROVE_MAILINGS: "BRP",
    Permission.OVERRIDE_CHECKS: "B",
    Permission.STOP_MAILINGS: "ABR",
    Permission.SEE_CONTACTS: "ABRSL",
    Permission.MANAGE_CONTACTS: "ABRSL",
    Permission.OVERWRITE_AUDIENCE: "ABR",
    Permission.CREATE_FILTERS: "ABRS",
    Permission.ASSIGN_SEGMENTS: "AB",
    Permission.EXPORT_AUDIENCES: "A",
    Permission.EXPORT_RECIPIENTS: "A",
    Permission.MANAGE_IMAGES: "ABRSL",
    Permission.EDIT_IMAGES: "ABRSL",
    Permission.MANAGE_FOLDERS: "ABRSL",
    Permission.MANAGE_TEMPLATES: "AB",
    Permission.MANAGE_RULES: "AB",
    Permission.MANAGE_LOOK: "AB",
    Permission.MANAGE_USERS: "AR",
    Permission.MANAGE_GROUPS: "AB",
    Permission.MANAGE_WORKSPACE: "A",
    Permission.ACT_AS: "A",
    Permission.USE_API_TOKENS: "ABRPVSLO",
    Permission.SEE_AUDIT_TRAIL: "AB",
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    role: frozenset(permission for permission, holders in _HOLDERS.items() if letter in holders)
    for letter, role in _COLUMNS.items()
}


"""The shipped bundles; a brand's own are rows, see `groups.models.BrandRole`."""

FEATURE_OF: dict[Permission, Feature] = {
    Permission.MANAGE_CONTACTS: Feature.CONTACTS,
    Permission.OVERWRITE_AUDIENCE: Feature.CONTACTS,
    Permission.CREATE_FILTERS: Feature.FILTERS,
    Permission.MANAGE_IMAGES: Feature.OWN_IMAGES,
    Permission.EDIT_IMAGES: Feature.OWN_IMAGES,
    Permission.EXPORT_AUDIENCES: Feature.EXPORTS,
    Permission.EXPORT_RECIPIENTS: Feature.EXPORTS,
    Permission.SEND_MAILINGS: Feature.SENDING,
}
"""The permissions that nobody holds where a feature is switched off."""
