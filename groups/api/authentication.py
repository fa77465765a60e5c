"""Who calls the API: the person of a bearer token, with no more rights than the token names."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from ninja.security import HttpBearer

from groups.access import remember_rights
from groups.api.limits import count_call
from groups.api.problems import Problem
from groups.api.tokens import may_use_tokens, token_of
from groups.models import ApiToken, Brand, User
from groups.roles import Permission
from groups.signin.second_factor import owes_second_factor


class ApiRequest(HttpRequest):
    """A request of a program: `token` is what it came with, `auth` the person of that token."""

    auth: User
    token: ApiToken
    brand: Brand


class Bearer(HttpBearer):
    """Lets in who holds a token of this brand that may do one of some things; `needs` empty lets in any token.

    The brand is that of the host name. No session counts here. Raises `Problem`: 401 without a token that holds, 403
    where its person owes a second factor, may use no tokens any more, or the token lacks the scope, 429 for too many
    calls. What the person may do in a group is asked of `groups.access`, as pages do.
    """

    def __init__(self, *needs: Permission) -> None:
        super().__init__()
        self.needs = needs

    @sensitive_variables()
    def __call__(self, request: HttpRequest) -> User:
        """Gives the person who calls; raises `Problem`."""
        found = super().__call__(request)
        if found is None:
            raise Problem(
                401,
                "no-token",
                _("Send a token of this brand that holds: Authorization: Bearer sst_…"),
                headers={"WWW-Authenticate": 'Bearer realm="api"'},
            )
        return cast(User, found)

    @sensitive_variables()
    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Gives the person of a token's text, None where there is none."""
        brand: Brand = request.brand  # type: ignore[attr-defined]  # the middleware puts it there
        found = token_of(token.strip(), brand)
        if found is None:
            return None
        asked: Any = request
        asked.token = found
        count_call(request, found)
        user = found.user
        user.on_pages_of = brand
        if owes_second_factor(user, brand):
            raise Problem(403, "second-factor", _("Your role needs a second factor. Sign in, and set one up."))
        if not may_use_tokens(user, brand):
            raise Problem(403, "not-permitted", _("You may not use API tokens any more. Ask an admin."))
        user.scopes = frozenset(Permission(name) for name in found.scopes if name in Permission)
        if self.needs and not user.scopes.intersection(self.needs):
            raise Problem(
                403,
                "scope-missing",
                _("This token may not do that. It would need the scope %(scope)s.")
                % {"scope": " / ".join(need.value for need in self.needs)},
            )
        if request.method in ("GET", "HEAD"):
            remember_rights(user)
        return user
