"""`add_member`: the operator gives a role or invites; what is refused changes nothing."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from groups import access
from groups.models import Brand, Event, Invitation, Membership, User
from groups.people.invitation_mail import mail_due_invitations
from groups.people.services import service_user
from groups.roles import Permission, Role
from tests.builders import PASSWORD, Cast, a_brand, a_person, root_group

# The commands work outside a test's transaction, as they do at a prompt.
pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "ada@northwind.example"
GOOD = "seven brown bears asleep"


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Gives a brand that nobody administers yet, at the host name of the test client."""
    return a_brand(slug="northwind", host_name="testserver")


def add_member(*more: str, **changed: str) -> str:
    """Adds the first admin of the brand, unless something else is said, and gives what was printed."""
    wanted = {"brand": "northwind", "group": "northwind", "email": ADDRESS, "name": "Ada First", "role": "admin"}
    printed = StringIO()
    arguments = [part for name, value in (wanted | changed).items() for part in (f"--{name}", value)]
    call_command("add_member", *arguments, *more, stdout=printed, stderr=StringIO())
    return printed.getvalue()


def people_and_events() -> tuple[int, int, int, int]:
    """Counts what a refusal must leave alone."""
    return User.objects.count(), Membership.objects.count(), Invitation.objects.count(), Event.objects.count()


def test_the_first_admin_of_a_brand_is_added_and_chooses_a_password_by_mail(brand: Brand, client: Client) -> None:
    said = add_member(email=f"  {ADDRESS.title()} ", name=" Ada   First ")

    user = User.objects.get(email=ADDRESS)
    event = Event.objects.get(action="member.added")
    assert said == (
        "Ada First is Admin of Northwind Coffee. "
        "They choose a password by “Forgot your password?” on the sign-in page.\n"
    )
    assert (user.name, user.has_usable_password()) == ("Ada First", False)
    assert access.may(user, Permission.MANAGE_USERS, root_group(brand))
    assert (event.actor, event.after) == (None, {"role": "admin", "until": ""})
    assert mail.outbox == []

    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    link = re.search(r"http://testserver\S*(/accounts/\S+)", mail.outbox[-1].body)
    assert link is not None
    page = client.get(link[1], follow=True)
    client.post(page.request["PATH_INFO"], {"password1": GOOD, "password2": GOOD})

    user.refresh_from_db()
    assert user.check_password(GOOD)


def test_somebody_known_gets_another_role_and_keeps_name_and_password(brand: Brand) -> None:
    user = a_person(role=Role.READ_ONLY, group=root_group(brand), name="Ada Known", email=ADDRESS)

    said = add_member()

    user.refresh_from_db()
    event = Event.objects.get(action="member.changed")
    assert said == "Ada Known is Admin of Northwind Coffee.\n"
    assert (user.name, user.check_password(PASSWORD)) == ("Ada Known", True)
    assert [membership.role.key for membership in user.memberships.select_related("role")] == ["admin"]
    assert (event.before["role"], event.after["role"]) == ("read_only", "admin")


def test_the_operator_gives_roles_that_no_admin_may_give(brand: Brand) -> None:
    add_member(role="brand_manager")

    assert Membership.objects.get(user__email=ADDRESS).role.key == "brand_manager"


def test_an_invitation_is_mailed_and_makes_the_first_admin_when_it_is_taken_up(brand: Brand, client: Client) -> None:
    said = add_member("--invite")
    before = User.objects.filter(email=ADDRESS).count()
    mail_due_invitations()
    (message,) = mail.outbox
    secret = re.search(r"/invitation/([\w-]+)/", message.body)
    assert secret is not None
    client.post(reverse("groups:invitation-accept", args=[secret[1]]), {"name": "Ada First", "password": GOOD})

    user = User.objects.get(email=ADDRESS)
    assert said == (
        "ada@northwind.example is invited as Admin of Northwind Coffee. The link in the mail works for two weeks.\n"
    )
    assert (before, message.to) == (0, [ADDRESS])
    assert user.check_password(GOOD)
    assert access.may(user, Permission.MANAGE_USERS, root_group(brand))
    assert Event.objects.get(action="member.invited").actor == service_user(brand=brand)


def test_an_invitation_gives_no_role_that_an_admin_may_not_give(brand: Brand) -> None:
    before = people_and_events()

    with pytest.raises(CommandError, match="holds rights that you do not have in Northwind Coffee") as refusal:
        add_member("--invite", role="brand_manager")

    assert refusal.value.returncode == 1
    assert people_and_events() == before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"brand": "nowhere"}, r"There is no brand nowhere. There are: northwind\."),
        ({"group": "US-999"}, "The brand northwind has no group US-999"),
        ({"role": "emperor"}, "There is no role emperor. There are: admin,"),
        ({"email": "ada"}, "ada is no email address"),
        ({"name": "  "}, "Say the person's name"),
        ({"name": "A" * 121}, "in at most 120 characters"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--invite",)])
def test_what_is_wrong_is_named_and_changes_nothing(
    brand: Brand, changed: dict[str, str], sentence: str, more: tuple[str, ...]
) -> None:
    before = people_and_events()

    with pytest.raises(CommandError, match=sentence) as refusal:
        add_member(*more, **changed)

    assert refusal.value.returncode == 1
    assert people_and_events() == before


def test_an_account_that_is_switched_off_is_not_given_a_role_that_nobody_could_use(brand: Brand) -> None:
    User.objects.create_user(ADDRESS, PASSWORD, name="Ada Off", is_active=False)
    before = people_and_events()

    with pytest.raises(CommandError, match=r"is switched off\. Invite the person"):
        add_member()

    assert people_and_events() == before


@pytest.mark.parametrize("more", [(), ("--invite",)])
def test_the_portals_own_user_gets_no_role(brand: Brand, more: tuple[str, ...]) -> None:
    email = service_user(brand=brand).email
    before = people_and_events()

    with pytest.raises(CommandError, match="belongs to the portal itself"):
        add_member(*more, email=email)

    assert people_and_events() == before


def test_a_group_of_another_brand_is_not_found_by_its_code(cast: Cast) -> None:
    with pytest.raises(CommandError, match=f"has no group {cast.store.code}"):
        add_member(brand=cast.other_brand.slug, group=cast.store.code)

    assert not User.objects.filter(email=ADDRESS).exists()
