"""The rows of the room `groups`: workspace, groups, people, audiences, notices, accounts, the audit trail."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from groups.roles import Permission
from tests.builders import APP_ID, CAMPAIGN_ID, VARIATION_ID
from tests.matrix.row import Asks, At, Row, act, page

P, BRAND, SOMEWHERE = Permission, At.BRAND, At.SOMEWHERE
PROVIDER = {
    "kind": "oidc",
    "issuer": "https://id.northwind.example",
    "client_id": "portal",
    "client_secret": "secret",
    "email_domains": "northwind.example",
}
BRAZE = {
    "endpoint": "@endpoint",
    "app_id": APP_ID,
    "campaign_id": CAMPAIGN_ID,
    "variation_id": VARIATION_ID,
}
FACTS = {"name": "Renamed", "time_zone": "UTC", "language": "en", "review_policy": "inherit"}


def groups_file() -> SimpleUploadedFile:
    """Gives a file of groups as an admin uploads it."""
    return SimpleUploadedFile("groups.csv", b"code,name,region\nNEW-9,New,Americas\n")


def people_file() -> SimpleUploadedFile:
    """Gives a file of people as an admin uploads it."""
    return SimpleUploadedFile("people.csv", b"email,role,groups,name\nnew@northwind.example,read_only,OWN,New\n")


def contacts_file() -> SimpleUploadedFile:
    """Gives a file of contacts as a store uploads it."""
    return SimpleUploadedFile("contacts.csv", b"external_id,email\nN1,n1@example.com\n")


WORKSPACE = (
    page("groups:workspace", P.MANAGE_WORKSPACE, BRAND),
    act("groups:workspace", P.MANAGE_WORKSPACE, BRAND, BRAZE),
    act("groups:workspace-check", P.MANAGE_WORKSPACE, BRAND, answers=(200,)),
)
BRANDS = (
    page("groups:brand-look", P.MANAGE_LOOK, BRAND),
    act("groups:brand-look", P.MANAGE_LOOK, BRAND, {"accent_color": "#112233", "ink_color": "#112233"}),
    act("groups:brand-look-adopt", P.MANAGE_LOOK, BRAND),
    act("groups:brand-look-drop", P.MANAGE_LOOK, BRAND),
    page("groups:brand-domain", P.MANAGE_LOOK, BRAND),
    act("groups:brand-domain", P.MANAGE_LOOK, BRAND, {"host_name": ""}),
    page("groups:brand-languages", P.MANAGE_LOOK, BRAND),
    act("groups:brand-languages", P.MANAGE_LOOK, BRAND, {"language": "de", "languages": ["de", "fr"]}),
    page("groups:brand-sample-sign-in", P.MANAGE_LOOK, BRAND),
    page("groups:brand-sample-portal", P.MANAGE_LOOK, BRAND),
    page("groups:brand-sample-mail", P.MANAGE_LOOK, BRAND),
    page("groups:brand-sample-colours", P.MANAGE_LOOK, BRAND),
)
TREE = (
    page("groups:group-list", Asks.SIGNED_IN),
    page("groups:group-detail", P.SEE_MAILINGS),
    page("groups:group-create", P.MANAGE_GROUPS),
    act("groups:group-create", P.MANAGE_GROUPS, form={**FACTS, "code": "NEW-1", "kind": "store"}),
    page("groups:group-edit", P.MANAGE_GROUPS),
    act("groups:group-edit", P.MANAGE_GROUPS, form=FACTS),
    page("groups:group-move", P.MANAGE_GROUPS),
    act(
        "groups:group-move",
        P.MANAGE_GROUPS,
        form={"parent": "@root"},
        then=(P.MANAGE_GROUPS,),
        then_at=BRAND,
        otherwise=422,
    ),
    act("groups:group-open", P.MANAGE_GROUPS, acts=False),
    page("groups:group-features", P.MANAGE_GROUPS),
    act("groups:group-features", P.MANAGE_GROUPS, form={"on": ["exports"]}),
    page("groups:group-values", (P.EDIT_MAILINGS, P.MANAGE_GROUPS)),
    act("groups:group-values", (P.EDIT_MAILINGS, P.MANAGE_GROUPS), form={"hours": "9 to 5"}),
    page("groups:group-field-list", P.MANAGE_GROUPS, BRAND),
    act(
        "groups:group-field-list",
        P.MANAGE_GROUPS,
        BRAND,
        {"label": "Wifi", "key": "wifi", "kind": "text", "position": "1"},
    ),
    page("groups:group-field-edit", P.MANAGE_GROUPS, BRAND),
    act("groups:group-field-edit", P.MANAGE_GROUPS, BRAND, {"label": "Opening hours", "position": "1"}),
    act("groups:group-field-delete", P.MANAGE_GROUPS, BRAND),
    page("groups:variation-map", P.MANAGE_GROUPS, BRAND),
    act("groups:variation-map", P.MANAGE_GROUPS, BRAND, {"group": "@group_id", "typed-@group_id": "x"}, acts=False),
    act("groups:variation-read", P.MANAGE_GROUPS, BRAND, acts=False),
    page("groups:group-import", P.MANAGE_GROUPS, BRAND),
    act("groups:group-import", P.MANAGE_GROUPS, BRAND, {"file": groups_file}, answers=(200,), acts=False),
    act("groups:group-import-run", P.MANAGE_GROUPS, BRAND, {"ticket": "none"}, acts=False),
)
PEOPLE = (
    page("groups:person-list", P.MANAGE_USERS, SOMEWHERE),
    page("groups:person-invite", P.MANAGE_USERS, SOMEWHERE),
    act(
        "groups:person-invite",
        P.MANAGE_USERS,
        SOMEWHERE,
        {"email": "new@northwind.example", "group": "OWN", "role": "@role_read_only"},
        then=(P.MANAGE_USERS,),
        then_at=At.GROUP,
        otherwise=422,
    ),
    page("groups:person-import", P.MANAGE_USERS, SOMEWHERE),
    act("groups:person-import", P.MANAGE_USERS, SOMEWHERE, {"file": people_file}, answers=(200,), acts=False),
    act("groups:person-import-confirm", P.MANAGE_USERS, SOMEWHERE, {"token": "none"}, acts=False),
    act("groups:acting-end", Asks.SIGNED_IN, acts=False),
    page("groups:person-detail", P.MANAGE_USERS),
    act("groups:person-give-role", P.MANAGE_USERS, form={"group": "OWN", "role": "@role_local_author"}),
    act("groups:person-take-role", P.MANAGE_USERS, form={"membership": "@membership"}),
    act("groups:person-remove", P.MANAGE_USERS),
    act("groups:person-act-as", P.ACT_AS, BRAND),
    page("groups:invitation-accept", Asks.ANYBODY),
    act(
        "groups:invitation-accept",
        Asks.ANYBODY,
        form={"name": "New", "password": "a garden wall of bricks"},
        answers=(302, 422),
        acts=False,
    ),
    act("groups:invitation-again", P.MANAGE_USERS),
    act("groups:invitation-withdraw", P.MANAGE_USERS),
    page("groups:role-list", P.MANAGE_USERS, BRAND),
    page("groups:role-create", P.MANAGE_USERS, BRAND),
    act("groups:role-create", P.MANAGE_USERS, BRAND, {"name": "Helper", "permissions": ["see_mailings"]}),
    page("groups:role-edit", P.MANAGE_USERS, BRAND),
    act("groups:role-edit", P.MANAGE_USERS, BRAND, {"name": "Helpers", "permissions": ["see_mailings"]}),
    act("groups:role-reset", P.MANAGE_USERS, BRAND, ids={"role_id": "role_read_only"}),
    act("groups:role-delete", P.MANAGE_USERS, BRAND),
    page("groups:cover", Asks.SIGNED_IN),
    act("groups:cover", Asks.MEMBER, form={"membership": "@me", "to": "@colleague", "until": "@in_ten_days"}),
    act("groups:cover-end", Asks.OWNER, form={"delegation": "@delegation"}),
)
USER_FIELDS = (
    page("groups:user-field-list", P.MANAGE_USERS, BRAND),
    act(
        "groups:user-field-list",
        P.MANAGE_USERS,
        BRAND,
        {"label": "Direct line", "key": "direct_line", "kind": "phone", "position": "1"},
    ),
    page("groups:user-field-edit", P.MANAGE_USERS, BRAND, ids={"field_id": "user_field_id"}),
    act(
        "groups:user-field-edit",
        P.MANAGE_USERS,
        BRAND,
        {"label": "Licence number", "position": "1"},
        ids={"field_id": "user_field_id"},
    ),
    act("groups:user-field-delete", P.MANAGE_USERS, BRAND, ids={"field_id": "user_field_id"}),
    page("groups:person-values", P.MANAGE_USERS),
    act("groups:person-values", P.MANAGE_USERS, form={"licence": "CA-1"}),
    page("groups:account-values", Asks.MEMBER),
    act("groups:account-values", Asks.MEMBER, form={"licence": "CA-1"}),
)
AUDIENCES = (
    page("groups:audience-list", P.SEE_CONTACTS),
    page("groups:audience-upload", P.MANAGE_CONTACTS),
    act(
        "groups:audience-upload",
        P.MANAGE_CONTACTS,
        form={"name": "Spring", "file": contacts_file, "statement": "on", "audience": "@audience_id"},
    ),
    page("groups:segment-list", P.ASSIGN_SEGMENTS),
    act("groups:segment-assign", P.ASSIGN_SEGMENTS, form={"segment": "@segment"}),
    act("groups:everybody-add", P.ASSIGN_SEGMENTS),
    page("groups:audience-show", P.SEE_CONTACTS),
    page("groups:audience-sync", P.SEE_CONTACTS, answers=(302,)),
    act("groups:audience-export", P.EXPORT_AUDIENCES, answers=(200,)),
    act("groups:audience-contact-remove", P.MANAGE_CONTACTS),
    page("groups:import-show", P.SEE_CONTACTS, answers=(302,)),
    page("groups:import-columns", P.MANAGE_CONTACTS),
    act("groups:import-columns", P.MANAGE_CONTACTS, form={"column_0": "external_id", "column_1": "email"}),
    page("groups:audience-remove", P.MANAGE_CONTACTS),
    act("groups:audience-remove", P.MANAGE_CONTACTS, ids={"audience_id": "spare_list"}),
    page("groups:import-limits", P.MANAGE_RULES),
    act("groups:import-limits", P.MANAGE_RULES, form={"most_rows": "5", "most_growth": "3"}),
    act("groups:import-begin", P.MANAGE_CONTACTS, ids={"import_id": "checked_import"}),
    act("groups:import-reopen", P.MANAGE_CONTACTS, ids={"import_id": "checked_import"}),
    act("groups:import-undo", P.OVERWRITE_AUDIENCE, ids={"import_id": "replaced_import"}),
    act("groups:import-retry", P.MANAGE_CONTACTS, ids={"import_id": "failed_import"}),
    page("groups:import-rejects", P.MANAGE_CONTACTS),
)
CONSENT = (
    # Whoever holds it above sees the page that says no, and nothing is stored.
    act(
        "groups:audience-privacy",
        P.MANAGE_CONTACTS,
        form={"private": "on"},
        then=(P.MANAGE_CONTACTS,),
        then_at=At.ITSELF,
    ),
    page("groups:suppression-list", P.SEE_CONTACTS),
    page("groups:suppression-add", P.MANAGE_CONTACTS),
    act("groups:suppression-add", P.MANAGE_CONTACTS, form={"addresses": "n1@example.com", "reason": "blocked"}),
    page("groups:suppression-import", P.MANAGE_CONTACTS),
    act("groups:suppression-import", P.MANAGE_CONTACTS, form={"file": contacts_file, "reason": "blocked"}),
    page("groups:suppression-lift", P.MANAGE_CONTACTS),
    act("groups:suppression-lift", P.MANAGE_CONTACTS, form={"statement": "It was shut by mistake."}),
    act("groups:suppression-export", P.EXPORT_AUDIENCES, answers=(200,)),
    page("groups:contacts-kept", P.MANAGE_RULES, BRAND),
    # A filter of the group stands against it.
    act("groups:contacts-kept", P.MANAGE_RULES, BRAND, {"confirmed": "on"}, answers=(422,), acts=False),
    page("groups:consent-policy", P.MANAGE_RULES, BRAND),
    act("groups:consent-policy", P.MANAGE_RULES, BRAND, {"unsubscribe_scope": "brand"}),
    page("groups:unsubscribe", Asks.ANYBODY, ids={"token": "unsubscribe_token"}),
    act("groups:unsubscribe", Asks.ANYBODY, ids={"token": "unsubscribe_token"}, answers=(200,)),
)
A_FILTER = {
    "do": "save",
    "name": "Spring in town",
    "source": "@segment_audience",
    "join": "all",
    "g0-join": "all",
    "g0-c0-attribute": "@target",
    "g0-c0-operator": "is",
    "g0-c0-value": "Portland",
}
FILTERS = (
    page("groups:filter-new", P.CREATE_FILTERS),
    act("groups:filter-new", P.CREATE_FILTERS, form=A_FILTER),
    page("groups:filter-show", P.SEE_CONTACTS, ids={"audience_id": "filter_id"}),
    page("groups:filter-edit", P.CREATE_FILTERS, ids={"audience_id": "filter_id"}),
    act("groups:filter-edit", P.CREATE_FILTERS, form=A_FILTER, ids={"audience_id": "filter_id"}),
    page("groups:filter-remove", P.CREATE_FILTERS, ids={"audience_id": "filter_id"}),
    act("groups:filter-remove", P.CREATE_FILTERS, ids={"audience_id": "filter_id"}),
    page("groups:segment-show", P.SEE_CONTACTS, ids={"audience_id": "segment_audience"}),
    act("groups:segment-read", P.ASSIGN_SEGMENTS, ids={"audience_id": "segment_audience"}),
)
NOTICES = (
    page("groups:notice-list", Asks.SIGNED_IN),
    act("groups:notice-read-all", Asks.SIGNED_IN, acts=False),
    page("groups:notice-settings", Asks.MEMBER),
    act("groups:notice-settings", Asks.MEMBER, form={"pace_approvals": "daily"}, answers=(302, 422), acts=False),
    page("groups:notice-open", Asks.OWNER, answers=(302,)),
    act("groups:notice-read", Asks.OWNER, acts=False),
)
SIGN_IN = (
    page("groups:account", Asks.SIGNED_IN),
    act("groups:account", Asks.SIGNED_IN, form={"name": "Somebody Else", "language": "de"}),
    act("groups:devices-end", Asks.SIGNED_IN, acts=False),
    act("groups:device-end", Asks.OWNER, acts=False),
    page("groups:second-factor-rules", P.MANAGE_USERS, BRAND),
    act("groups:second-factor-rules", P.MANAGE_USERS, BRAND, {"roles": ["read_only"]}),
    page("groups:sso", P.MANAGE_USERS, BRAND),
    act("groups:sso", P.MANAGE_USERS, BRAND, PROVIDER),
    act("groups:sso-move", P.MANAGE_USERS, BRAND, {"to": "test"}),
    act("groups:sso-break-glass", P.MANAGE_USERS, BRAND, {"user": "@break_glass", "remove": "1"}),
    page("groups:directory", P.MANAGE_USERS, BRAND),
    act(
        "groups:directory",
        P.MANAGE_USERS,
        BRAND,
        {"name": "Entra", "email_domains": "northwind.example"},
        answers=(200,),
    ),
    act("groups:directory-revoke", P.MANAGE_USERS, BRAND, ids={"token_id": "token_id"}),
    page("groups:tokens", P.USE_API_TOKENS, SOMEWHERE),
    # A session that was left open makes no token: the password is asked for first.
    act("groups:tokens", P.USE_API_TOKENS, SOMEWHERE, {"name": "Till"}, acts=False),
    act("groups:token-revoke", Asks.OWNER, ids={"token_id": "api_token"}),
    page("groups:sso-begin", Asks.ANYBODY, answers=(302, 403, 404)),
    page("groups:sso-oidc-callback", Asks.ANYBODY, answers=(403, 404)),
    act("groups:sso-saml-answer", Asks.ANYBODY, answers=(403, 404), acts=False),
    page("groups:sso-saml-finish", Asks.ANYBODY, answers=(403, 404)),
    page("groups:sso-saml-metadata", Asks.ANYBODY, answers=(200, 404)),
)
DIRECTORY = tuple(
    Row(f"groups:scim-{name}", Asks.TOKEN, method=method, ids={"id": thing})
    for name, thing, methods in (
        ("users", "", ("GET", "POST")),
        ("user", "person_id", ("GET", "PUT", "PATCH", "DELETE")),
        ("groups", "", ("GET", "POST")),
        ("group", "person_id", ("GET", "PUT", "PATCH", "DELETE")),
        ("provider", "", ("GET",)),
        ("resource-types", "", ("GET",)),
        ("resource-type", "person_id", ("GET",)),
        ("schemas", "", ("GET",)),
        ("schema", "person_id", ("GET",)),
    )
    for method in methods
)
TRAIL = (
    page("groups:event-list", P.SEE_AUDIT_TRAIL, SOMEWHERE),
    act("groups:event-export", P.SEE_AUDIT_TRAIL, SOMEWHERE, answers=(200,)),
)
CONTACTS = (
    page("groups:contact-list", P.SEE_CONTACTS),
    page("groups:contact-add", P.MANAGE_CONTACTS),
    act(
        "groups:contact-add",
        P.MANAGE_CONTACTS,
        form={"external_id": "H1", "email": "h1@example.com", "statement": "on"},
    ),
    page("groups:contact-edit", P.MANAGE_CONTACTS),
    act("groups:contact-edit", P.MANAGE_CONTACTS, form={"email": "changed@example.com"}),
    act("groups:contact-delete", P.MANAGE_CONTACTS),
    act("groups:contact-lookup", P.SEE_CONTACTS, answers=(200,)),
    page("groups:contact-erase", P.MANAGE_CONTACTS, BRAND),
    act("groups:contact-erase", P.MANAGE_CONTACTS, BRAND, {"is_sure": "on"}),
    page("groups:erasure-list", P.MANAGE_CONTACTS, BRAND),
    act(
        "groups:erasure-list",
        P.MANAGE_CONTACTS,
        BRAND,
        {"address": "@contact_address", "is_sure": "on"},
    ),
    page("groups:erasure-show", P.MANAGE_CONTACTS, BRAND),
    act("groups:erasure-retry", P.MANAGE_CONTACTS, BRAND),
    act("groups:erasure-export", P.MANAGE_CONTACTS, BRAND, answers=(200,)),
)
ROWS = (
    *WORKSPACE,
    *BRANDS,
    *TREE,
    *PEOPLE,
    *USER_FIELDS,
    *AUDIENCES,
    *FILTERS,
    *CONSENT,
    *CONTACTS,
    *NOTICES,
    *SIGN_IN,
    *DIRECTORY,
    *TRAIL,
)
