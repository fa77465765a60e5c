"""What the trail says in words: of each action, each family of actions, and each kind of object.

Every room tells the words of its own actions by `add_words`, when the portal starts; an action that nobody has words
for any more is shown by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

_ACTIONS: Final[dict[str, Promise]] = {
    "api.token_created": _("A person made an API token."),
    "api.token_revoked": _("An API token was revoked."),
    "audience.added": _("A list was added."),
    "audience.contact_added": _("A contact was added to a list by hand."),
    "audience.contact_removed": _("A contact was taken off a list."),
    "audience.everybody_added": _("A group was let send to everybody of it in Braze."),
    "audience.exported": _("The people of a list were exported."),
    "audience.hidden": _("A list was kept from those above its group."),
    "audience.shown": _("A list was opened to those above its group."),
    "audience.removed": _("A list was deleted."),
    "audience.replaced": _("A list was replaced by a file."),
    "audience.replacement_undone": _("Replacing a list was undone."),
    "brand.domain_changed": _("The domain of a brand was changed."),
    "brand.languages_changed": _("The languages of a brand were changed."),
    "brand.look_changed": _("The look of a brand was changed."),
    "brand.appointing_changed": _("Whom the admins of a brand may appoint was changed."),
    "consent.contacts_forgotten": _("The portal has forgotten the contacts of the brand."),
    "consent.forgetting_begun": _("It was decided to keep no contacts here."),
    "consent.policy_changed": _("What an unsubscribe counts for was changed."),
    "contact.consented_again": _("A contact took an unsubscribe back."),
    "contact.changed": _("A contact was changed by hand."),
    "contact.deleted": _("A contact was deleted."),
    "contact.looked_up": _("A contact was looked up in Braze."),
    "contact.unsubscribed": _("A contact unsubscribed."),
    "erasure.asked": _("The erasure of a person was asked for."),
    "erasure.exported": _("The proof of an erasure was exported."),
    "erasure.finished": _("A person was erased."),
    "erasure.retried": _("The erasure of a person was tried again."),
    "filter.added": _("A filter was made."),
    "filter.changed": _("A filter was changed."),
    "filter.removed": _("A filter was deleted."),
    "group.added": _("A group was added."),
    "feature.switched_off": _("A feature was switched off."),
    "feature.switched_on": _("A feature was switched on again."),
    "group.closed": _("A group was closed, with those below it."),
    "group.fields_changed": _("What a group says in its own fields was changed."),
    "group.moved": _("A group was moved below another one."),
    "group.opened": _("A group was opened again."),
    "group.updated": _("A group was changed."),
    "group_field.added": _("A field of groups was added."),
    "group_field.changed": _("A field of groups was changed."),
    "group_field.deleted": _("A field of groups was deleted."),
    "import.begun": _("An import that was checked was let begin."),
    "import.confirmed": _("The columns of a file were confirmed."),
    "import.consent_stated": _("Somebody stated that the people of a file agreed to get mail."),
    "import.failed": _("An import failed."),
    "import.finished": _("An import was finished."),
    "import.limit_changed": _("What counts as a large import was changed."),
    "import.reopened": _("The columns of a file were opened again."),
    "import.retried": _("An import was started again."),
    "import.tried": _("A file was checked without importing it."),
    "import.uploaded": _("A file of contacts was uploaded."),
    "member.acted_as": _("An admin began to act as a person."),
    "member.acting_ended": _("An admin stopped acting as a person."),
    "member.added": _("A person was given a role."),
    "member.changed": _("A person was given another role."),
    "member.delegated": _("A role was lent for a while."),
    "member.delegation_ended": _("A lent role was given back."),
    "member.fields_changed": _("What the fields of a person say was changed."),
    "member.invitation_accepted": _("An invitation was accepted."),
    "member.invitation_withdrawn": _("An invitation was withdrawn."),
    "member.invited": _("A person was invited."),
    "member.invited_again": _("An invitation was mailed again."),
    "member.left": _("A person left the brand."),
    "member.removed": _("A role was taken from a person."),
    "notices.chosen": _("A person chose which messages they get."),
    "portal.restored": _("The portal was restored from a backup."),
    "retention.applied": _("What had been kept for long enough was taken away."),
    "role.changed": _("A role was changed."),
    "role.created": _("A role was made."),
    "role.deleted": _("A role was deleted."),
    "scim.group_created": _("The directory added a group."),
    "scim.group_deleted": _("The directory took a group away."),
    "scim.person_activated": _("The directory switched a person on again."),
    "scim.person_created": _("The directory brought a person."),
    "scim.person_deactivated": _("The directory switched a person off."),
    "scim.person_updated": _("The directory changed a person."),
    "scim.token_created": _("A token for the directory was made."),
    "scim.token_revoked": _("A token of the directory was revoked."),
    "segment.assigned": _("A Braze segment was assigned to a group."),
    "sign_in.break_glass": _("A break-glass admin signed in past single sign-on."),
    "sign_in.break_glass_named": _("A break-glass admin was named."),
    "sign_in.break_glass_removed": _("A break-glass admin was taken back."),
    "sign_in.linked": _("A person was linked to their account at the company's sign-in."),
    "sign_in.second_factor_demanded": _("The roles that need a second factor were changed."),
    "sign_in.second_factor_removed": _("The operator removed a person's second factors."),
    "sign_in.sso_connected": _("The settings of single sign-on were saved."),
    "sign_in.sso_moved": _("Single sign-on was switched a step on or off."),
    "suppression.added": _("Addresses were shut by hand."),
    "suppression.exported": _("The suppressed addresses were exported."),
    "suppression.imported": _("Addresses were shut from a file."),
    "suppression.lifted": _("A suppression was lifted."),
    "suppression.read": _("Braze told of addresses that must not be mailed."),
    "trail.exported": _("The audit trail was exported."),
    "user_field.added": _("A field of people was added."),
    "user_field.changed": _("A field of people was changed."),
    "user_field.deleted": _("A field of people was deleted."),
    "workspace.connected": _("The Braze settings were saved."),
}
_FAMILIES: Final[dict[str, Promise]] = {
    "api": _("API"),
    "audience": _("Audiences"),
    "brand": _("Brand"),
    "consent": _("Consent"),
    "contact": _("Contacts"),
    "erasure": _("Erasures"),
    "feature": _("Features"),
    "filter": _("Filters"),
    "group": _("Groups"),
    "group_field": _("Fields of groups"),
    "import": _("Imports"),
    "member": _("People and roles"),
    "notices": _("Messages"),
    "portal": _("Upkeep of the portal"),
    "retention": _("Retention"),
    "role": _("Roles"),
    "scim": _("Directory"),
    "segment": _("Braze segments"),
    "sign_in": _("Signing in"),
    "suppression": _("Suppressions"),
    "trail": _("Audit trail"),
    "user_field": _("Fields of people"),
    "workspace": _("Braze settings"),
}
_KINDS: Final[dict[str, Promise]] = {
    "apitoken": _("API token"),
    "audience": _("Audience"),
    "brand": _("Brand"),
    "brandrole": _("Role"),
    "contact": _("Contact"),
    "contactimport": _("Import"),
    "erasure": _("Erasure"),
    "group": _("Group"),
    "groupfield": _("Field of groups"),
    "invitation": _("Invitation"),
    "scimgroup": _("Group of the directory"),
    "scimtoken": _("Token of the directory"),
    "singlesignon": _("Single sign-on"),
    "suppression": _("Suppression"),
    "user": _("Person"),
    "userfield": _("Field of people"),
    "workspace": _("Braze settings"),
}


def add_words(*, actions: Words, families: Words, kinds: Words) -> None:
    """Adds the words of another room."""
    _ACTIONS.update(actions)
    _FAMILIES.update(families)
    _KINDS.update(kinds)


def sentence(action: str) -> str:
    """Says in words what happened."""
    return str(_ACTIONS.get(action, action))


def kind(target_kind: str) -> str:
    """Says in words what kind of object it happened to."""
    return str(_KINDS.get(target_kind, target_kind))


def actions_of(family: str) -> list[str]:
    """Gives the actions of a family, which is what stands before the dot."""
    return [action for action in _ACTIONS if action.partition(".")[0] == family]


def families() -> list[tuple[str, str]]:
    """Gives the families as choices, by their words."""
    return _choices(_FAMILIES)


def kinds() -> list[tuple[str, str]]:
    """Gives the kinds of objects as choices, by their words."""
    return _choices(_KINDS)


def _choices(words: Words) -> list[tuple[str, str]]:
    return sorted(((name, str(said)) for name, said in words.items()), key=lambda choice: choice[1].casefold())
