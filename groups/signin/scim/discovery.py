"""What this SCIM service can do, as directories ask before they begin (RFC 7643, sections 5 to 7)."""

from __future__ import annotations

from typing import Any, Final

from groups.signin.scim.protocol import GROUP, MOST_RESULTS, USER

PROVIDER: Final[dict[str, Any]] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": MOST_RESULTS},
    "changePassword": {"supported": False},
    "sort": {"supported": False},
    "etag": {"supported": False},
    "authenticationSchemes": [
        {
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token of the brand, made on the page Directory of the portal.",
            "primary": True,
        }
    ],
}

_TYPE: Final = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
RESOURCE_TYPES: Final[tuple[dict[str, Any], ...]] = (
    {"schemas": [_TYPE], "id": "User", "name": "User", "endpoint": "/Users", "schema": USER},
    {"schemas": [_TYPE], "id": "Group", "name": "Group", "endpoint": "/Groups", "schema": GROUP},
)


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
        **more,
    }


_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:Schema"
SCHEMAS: Final[tuple[dict[str, Any], ...]] = (
    {
        "schemas": [_SCHEMA],
        "id": USER,
        "name": "User",
        "attributes": [
            _attribute("userName", required=True, uniqueness="server"),
            _attribute("externalId", caseExact=True),
            _attribute("displayName"),
            _attribute("active", "boolean"),
            _attribute(
                "name",
                "complex",
                subAttributes=[_attribute("formatted"), _attribute("givenName"), _attribute("familyName")],
            ),
            _attribute(
                "emails",
                "complex",
                multiValued=True,
                mutability="readOnly",
                subAttributes=[_attribute("value"), _attribute("type"), _attribute("primary", "boolean")],
            ),
        ],
    },
    {
        "schemas": [_SCHEMA],
        "id": GROUP,
        "name": "Group",
        "attributes": [
            _attribute("displayName", required=True, mutability="immutable", uniqueness="server"),
            _attribute("externalId", caseExact=True),
            _attribute("members", "complex", multiValued=True, subAttributes=[_attribute("value")]),
        ],
    },
)
