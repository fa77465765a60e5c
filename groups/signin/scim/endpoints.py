"""The addresses that a brand's directory calls, with its bearer token (RFC 7644, section 3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from groups.models import ScimToken
from groups.signin.scim import discovery, memberships, people
from groups.signin.scim.changes import PersonChange, group_of, group_patch, person_of, person_patch
from groups.signin.scim.protocol import ScimError, body_of, error, listing, not_found, page_of, reply
from groups.signin.scim.tokens import token_of

View = Callable[..., HttpResponse]


def scim(*methods: str) -> Callable[[View], View]:
    """Lets a view take some methods of whoever holds a token of the brand, and answers refusals as SCIM does."""

    def wrap(view: View) -> View:
        @csrf_exempt  # no cookie counts here, only the token
        @wraps(view)
        def answered(request: HttpRequest, **ids: str) -> HttpResponse:
            token = token_of(request.headers.get("Authorization", ""), request.brand)  # type: ignore[attr-defined]
            if token is None:
                response: HttpResponse = error(ScimError(401, _("A bearer token of this brand is needed.")))
                response["WWW-Authenticate"] = 'Bearer realm="scim"'
            elif request.method not in methods:
                response = error(ScimError(405, _("This address does not take this method.")))
                response["Allow"] = ", ".join(methods)
            else:
                try:
                    response = view(request, token, **ids)
                except ScimError as refusal:
                    response = error(refusal)
            patch_cache_control(response, private=True, no_store=True)
            return response

        return answered

    return wrap


@scim("GET", "POST")
def users(request: HttpRequest, token: ScimToken) -> HttpResponse:
    """Lists people by filter and page, or brings one into the brand."""
    address = _address(request, "groups:scim-users")
    if request.method == "POST":
        user = people.create(token=token, change=person_of(body_of(request)))
        body = people.resources(token.brand, [user], address)[0]
        response = reply(body, 201)
        response["Location"] = body["meta"]["location"]
        return response
    start, count = page_of(request)
    found = people.filtered(token.brand, request.GET.get("filter", ""))
    page = list(found[start - 1 : start - 1 + count])
    return listing(people.resources(token.brand, page, address), found.count(), start)


@scim("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, token: ScimToken, id: str) -> HttpResponse:
    """Gives, replaces, changes or switches off a person."""
    found = people.person_in(token.brand, id)
    if request.method == "DELETE":
        people.deactivate(token=token, user=found)
        return HttpResponse(status=204)
    if request.method != "GET":
        body = body_of(request)
        change: PersonChange = person_of(body) if request.method == "PUT" else person_patch(body)
        found = people.update(token=token, user=found, change=change)
    return reply(people.resources(token.brand, [found], _address(request, "groups:scim-users"))[0])


@scim("GET", "POST")
def groups(request: HttpRequest, token: ScimToken) -> HttpResponse:
    """Lists groups by filter and page, or adds one."""
    address = _address(request, "groups:scim-groups")
    if request.method == "POST":
        made = memberships.create(token=token, change=group_of(body_of(request), is_new=True))
        body = _group(token, made.pk, address)
        response = reply(body, 201)
        response["Location"] = body["meta"]["location"]
        return response
    start, count = page_of(request)
    found = memberships.filtered(token.brand, request.GET.get("filter", ""))
    page = found[start - 1 : start - 1 + count]
    shown = memberships.resources(page, address, has_members=_shows_members(request))
    return listing(shown, found.count(), start)


@scim("GET", "PUT", "PATCH", "DELETE")
def group(request: HttpRequest, token: ScimToken, id: str) -> HttpResponse:
    """Gives, replaces, changes or takes away a group."""
    found = memberships.group_in(token.brand, id)
    if request.method == "DELETE":
        memberships.delete(token=token, found=found)
        return HttpResponse(status=204)
    if request.method != "GET":
        body = body_of(request)
        change = group_of(body, is_new=False) if request.method == "PUT" else group_patch(body)
        memberships.update(token=token, found=found, change=change)
    return reply(_group(token, found.pk, _address(request, "groups:scim-groups"), _shows_members(request)))


@scim("GET")
def provider(request: HttpRequest, token: ScimToken) -> HttpResponse:
    """Says what the service can do."""
    return reply(discovery.PROVIDER)


@scim("GET")
def resource_types(request: HttpRequest, token: ScimToken, id: str = "") -> HttpResponse:
    """Says what there is, or one of them."""
    return _known(discovery.RESOURCE_TYPES, id)


@scim("GET")
def schemas(request: HttpRequest, token: ScimToken, id: str = "") -> HttpResponse:
    """Says what each resource looks like, or one of them."""
    return _known(discovery.SCHEMAS, id)


def _known(all_of_them: tuple[dict[str, Any], ...], id: str) -> HttpResponse:
    if not id:
        return listing(all_of_them, len(all_of_them), 1)
    found = next((one for one in all_of_them if one["id"] == id), None)
    if found is None:
        raise not_found()
    return reply(found)


def _group(token: ScimToken, id: Any, address: str, has_members: bool = True) -> dict[str, Any]:
    found = memberships.filtered(token.brand, "").filter(pk=id)
    return memberships.resources(found, address, has_members=has_members)[0]


def _shows_members(request: HttpRequest) -> bool:
    excluded = {name.strip().lower() for name in request.GET.get("excludedAttributes", "").split(",")}
    return "members" not in excluded


def _address(request: HttpRequest, name: str) -> str:
    return request.build_absolute_uri(reverse(name))
