"""What a directory wants changed, read out of a whole resource (PUT, POST) or of operations (PATCH)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from groups.signin.scim.protocol import GROUP, USER, ScimError, text_in, truth_in

# Attributes of the core schema that the portal has no place for: taken without a word, as directories expect.
_IGNORED: Final = frozenset(
    {
        "id",
        "schemas",
        "meta",
        "nickname",
        "profileurl",
        "title",
        "usertype",
        "preferredlanguage",
        "locale",
        "timezone",
        "password",
        "emails",
        "phonenumbers",
        "ims",
        "photos",
        "addresses",
        "groups",
        "entitlements",
        "roles",
        "x509certificates",
        "urn",
    }
)
_MEMBER_PATH: Final = re.compile(r'members\[\s*value\s+eq\s+"(?P<id>[^"\\]{1,64})"\s*\]', re.IGNORECASE)
_PATH: Final = re.compile(r"[A-Za-z][\w.:\-]*(\[[^\]]*\](\.\w+)?)?")


@dataclass(frozen=True, slots=True)
class PersonChange:
    """The fields of a person that are to change; what is None stays."""

    user_name: str | None = None
    external_id: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class MemberChange:
    """The members of a group that come and go; `replaces` says that all others go."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    replaces: bool = False


@dataclass(slots=True)
class GroupChange:
    """What of a group is to change, in its order."""

    display_name: str | None = None
    external_id: str | None = None
    members: list[MemberChange] = field(default_factory=list)


def person_of(body: dict[str, Any]) -> PersonChange:
    """Reads a whole person; raises `ScimError` for a value of the wrong kind."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        _take_person(found, name, value)
    return PersonChange(**found)


def person_patch(body: dict[str, Any]) -> PersonChange:
    """Reads the operations on a person, the later over the earlier."""
    found: dict[str, Any] = {}
    for operation, path, value in _operations(body):
        if not path:
            if not isinstance(value, dict) or operation == "remove":
                raise ScimError(400, _("An operation without a path needs an object as its value."), "noTarget")
            for name, inner in value.items():
                _take_person(found, name, inner)
        else:
            _take_person(found, path, None if operation == "remove" else value)
    return PersonChange(**found)


def group_of(body: dict[str, Any], *, is_new: bool) -> GroupChange:
    """Reads a whole group; raises `ScimError` for a value of the wrong kind.

    The members of a new one are added to whoever holds the role already; later they are all of them.
    """
    found = GroupChange()
    for name, value in body.items():
        _take_group(found, name, value, "add" if is_new else "replace")
    return found


def group_patch(body: dict[str, Any]) -> GroupChange:
    """Reads the operations on a group."""
    found = GroupChange()
    for operation, path, value in _operations(body):
        if not path:
            if not isinstance(value, dict) or operation == "remove":
                raise ScimError(400, _("An operation without a path needs an object as its value."), "noTarget")
            for name, inner in value.items():
                _take_group(found, name, inner, operation)
        else:
            _take_group(found, path, value, operation)
    return found


def _operations(body: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    operations = body.get("Operations")
    if not isinstance(operations, list) or not operations or len(operations) > 1000:
        raise ScimError(400, _("Operations is a list of 1 to 1000 changes."), "invalidSyntax")
    for operation in operations:
        if not isinstance(operation, dict):
            raise ScimError(400, _("An operation is an object."), "invalidSyntax")
        kind = str(operation.get("op", "")).lower()
        if kind not in ("add", "replace", "remove"):
            raise ScimError(400, _("op is add, replace or remove."), "invalidSyntax")
        path = operation.get("path") or ""
        if not isinstance(path, str) or (path and not _PATH.fullmatch(path)):
            raise ScimError(400, _("This path is not supported."), "invalidPath")
        yield kind, path, operation.get("value")


def _take_person(found: dict[str, Any], name: str, value: Any) -> None:
    key = _plain(name)
    if key == "active":
        found["is_active"] = False if value is None else truth_in(value, "active")
    elif key == "username":
        found["user_name"] = text_in(value, "userName", 254).lower()
    elif key == "externalid":
        found["external_id"] = text_in(value, "externalId", 190)
    elif key in ("displayname", "name.formatted"):
        found["name"] = text_in(value, "name", 120)
    elif key == "name.givenname":
        found["given_name"] = text_in(value, "givenName", 60)
    elif key == "name.familyname":
        found["family_name"] = text_in(value, "familyName", 60)
    elif key == "name" and isinstance(value, dict):
        for inner, words in value.items():
            _take_person(found, f"name.{inner}", words)
    elif not key.startswith("name.") and _root(key) not in _IGNORED:
        raise ScimError(400, _("This path is not supported."), "invalidPath")


def _take_group(found: GroupChange, name: str, value: Any, operation: str) -> None:
    member = _MEMBER_PATH.fullmatch(name.strip())
    key = _plain(name)
    if member is not None and operation == "remove":
        found.members.append(MemberChange(remove=(member["id"],)))
    elif key == "members":
        ids = _ids(value)
        if operation == "remove" and value is not None:
            found.members.append(MemberChange(remove=ids))
        else:
            found.members.append(MemberChange(add=ids, replaces=operation != "add"))
    elif key == "displayname":
        found.display_name = text_in(value, "displayName", 120)
    elif key == "externalid":
        found.external_id = text_in(value, "externalId", 190)
    elif _root(key) not in _IGNORED:
        raise ScimError(400, _("This path is not supported."), "invalidPath")


def _ids(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    members = value if isinstance(value, list) else [value]
    if len(members) > 10_000 or not all(isinstance(one, dict) and isinstance(one.get("value"), str) for one in members):
        raise ScimError(400, _("members is a list of objects with a value each."), "invalidValue")
    return tuple(one["value"] for one in members)


def _plain(name: str) -> str:
    key = name.strip().lower()
    for schema in (USER, GROUP):
        key = key.removeprefix(f"{schema.lower()}:")
    return key


def _root(key: str) -> str:
    return re.split(r"[.\[:]", key, maxsplit=1)[0]
