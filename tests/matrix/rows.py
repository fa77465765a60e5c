"""The matrix: one row for every address and method of the portal, by room.

Whoever adds an address adds its row where the room's others stand. The right is read from the view; who holds it is
read from the table of the product (`tests.rights`), never from the code.
"""

from __future__ import annotations

from tests.matrix import rows_campaigns, rows_groups
from tests.matrix.row import Asks, Row, act, page

SEEN_BY_ALL = (
    page("health-alive", Asks.ANYBODY),
    page("health-ready", Asks.ANYBODY, answers=(200, 503)),
    # A program's token opens them, and nobody's role; tests/smartersends/operation tries the token.
    page("health-progress", Asks.ANYBODY, answers=(404,)),
    page("metrics", Asks.ANYBODY, answers=(404,)),
    page("brand-css", Asks.ANYBODY),
    page("api-docs", Asks.ANYBODY),
    page("api-nothing", Asks.ANYBODY, answers=(404,)),
    page("media", Asks.ANYBODY, ids={"path": "image_path"}),
    act("set-language", Asks.ANYBODY, form={"language": "de"}, acts=False),
)
# Whoever is signed in is led on from the pages of the entrance.
ENTRANCE = (
    *(page(f"account_{name}", Asks.ANYBODY, answers=(200, 302)) for name in ("login", "logout", "inactive")),
    act(
        "account_login", Asks.ANYBODY, form={"login": "x@example.com", "password": "x"}, answers=(200, 302), acts=False
    ),
    act("account_logout", Asks.ANYBODY, acts=False),
    page("account_signup", Asks.ANYBODY, answers=(200, 302, 403)),
    act("account_signup", Asks.ANYBODY, answers=(200, 302, 403), acts=False),
    page("account_change_password", Asks.SIGNED_IN, answers=(200, 302)),
    act("account_change_password", Asks.SIGNED_IN, answers=(200, 302), acts=False),
    page("account_set_password", Asks.ANYBODY, answers=(302,)),
    page("account_reset_password", Asks.ANYBODY, answers=(200, 302)),
    # Too many for one address are refused, whoever asks.
    act("account_reset_password", Asks.ANYBODY, form={"email": "x@example.com"}, answers=(200, 302, 429), acts=False),
    page("account_reset_password_done", Asks.ANYBODY, answers=(200, 302)),
    page("account_reset_password_from_key", Asks.ANYBODY, answers=(200, 302)),
    act("account_reset_password_from_key", Asks.ANYBODY, answers=(200, 302), acts=False),
    page("account_reset_password_from_key_done", Asks.ANYBODY, answers=(200, 302)),
    page("account_reauthenticate", Asks.SIGNED_IN, answers=(200, 302)),
    act("account_reauthenticate", Asks.SIGNED_IN, form={"password": "x"}, answers=(200, 302), acts=False),
)
# Everybody's own second factor; what is somebody else's is 404, what is not there leads on.
SECOND_FACTOR = tuple(
    row
    for name, has_form in (
        ("mfa_index", False),
        ("mfa_reauthenticate", True),
        ("mfa_activate_totp", True),
        ("mfa_deactivate_totp", True),
        ("mfa_view_recovery_codes", False),
        ("mfa_generate_recovery_codes", True),
        ("mfa_download_recovery_codes", False),
        ("mfa_add_webauthn", True),
        ("mfa_reauthenticate_webauthn", True),
        ("mfa_remove_webauthn", True),
        ("mfa_edit_webauthn", True),
    )
    for row in (
        page(name, Asks.SIGNED_IN, answers=(200, 302, 404)),
        *((act(name, Asks.SIGNED_IN, answers=(200, 302, 404), acts=False),) if has_form else ()),
    )
)
BETWEEN_PASSWORD_AND_CODE = (
    page("mfa_list_webauthn", Asks.ANYBODY, answers=(302,)),
    page("mfa_authenticate", Asks.ANYBODY, answers=(200, 302)),
    act("mfa_authenticate", Asks.ANYBODY, answers=(200, 302), acts=False),
)
ROWS: tuple[Row, ...] = (
    *SEEN_BY_ALL,
    *ENTRANCE,
    *SECOND_FACTOR,
    *BETWEEN_PASSWORD_AND_CODE,
    *rows_groups.ROWS,
    *rows_campaigns.ROWS,
)
