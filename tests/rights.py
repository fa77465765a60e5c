"""The table of permissions and roles of product.md, section 4, written out: what the tests of rights expect.

It is not read from `groups.roles`, so that a slip there is found.
"""

from __future__ import annotations

from groups.roles import Permission, Role

COLUMNS = (
    Role.ADMIN,
    Role.BRAND_MANAGER,
    Role.REGIONAL_MANAGER,
    Role.APPROVER,
    Role.REVIEWER,
    Role.LOCAL_SENDER,
    Role.LOCAL_AUTHOR,
    Role.READ_ONLY,
)
# A B R P V S L O, as the table of the product's roles has them.
TABLE = """
see_mailings        x x x x x x x x
edit_mailings       x x x - - x x -
send_mailings       x x x - - x - -
review_mailings     - x x - x - - -
approve_mailings    - x x x - - - -
override_checks     - x - - - - - -
stop_mailings       x x x - - - - -
see_contacts        x x x - - x x -
manage_contacts     x x x - - x x -
overwrite_audience  x x x - - - - -
create_filters      x x x - - x - -
assign_segments     x x - - - - - -
export_audiences    x - - - - - - -
export_recipients   x - - - - - - -
manage_images       x x x - - x x -
edit_images         x x x - - x x -
manage_folders      x x x - - x x -
manage_templates    x x - - - - - -
manage_rules        x x - - - - - -
manage_look         x x - - - - - -
manage_users        x - x - - - - -
manage_groups       x x - - - - - -
manage_workspace    x - - - - - - -
act_as              x - - - - - - -
use_api_tokens      x x x x x x x x
see_audit_trail     x x - - - - - -
"""
EXPECTED = {
    (Permission(line.split()[0]), role): mark == "x"
    for line in TABLE.strip().splitlines()
    for role, mark in zip(COLUMNS, line.split()[1:], strict=True)
}
