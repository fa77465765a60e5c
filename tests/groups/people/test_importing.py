"""Files of people: looked at first, all or nothing, each bad line named."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from groups import access
from groups.errors import FileUnreadable
from groups.models import Event, Invitation, Membership, User
from groups.people import importing
from groups.people.importing import import_people
from groups.roles import Permission, Role
from tests.builders import Cast, a_membership, a_person, root_group

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G8")]


def file_of(*lines: str) -> io.BytesIO:
    return io.BytesIO("\n".join(("email,name,role,groups", *lines)).encode())


def test_members_get_the_role_at_once_and_others_an_invitation(cast: Cast) -> None:
    a_membership(user=cast.outsider, group=cast.far_store, role=Role.READ_ONLY)
    file = file_of(
        f"{cast.author.email},Lou,Local sender,{cast.store.code}",
        f"{cast.outsider.email},Olu,read_only,{cast.far_store.code} {cast.store.code}",
        f"NEW@Example.com,New One,Local author,{cast.store.code};{cast.next_store.code}",
    )

    report = import_people(brand=cast.brand, file=file, actor=cast.admin)

    assert (report.rows, report.changed, report.added, report.unchanged, report.invited) == (3, 1, 1, 1, 2)
    assert access.may(cast.author, Permission.SEND_MAILINGS, cast.store)
    assert access.may(cast.outsider, Permission.SEE_MAILINGS, cast.store)
    invited = Invitation.objects.filter(email="new@example.com").values_list("group__code", "role__key", "name")
    assert set(invited) == {
        (cast.store.code, "local_author", "New One"),
        (cast.next_store.code, "local_author", "New One"),
    }
    assert not User.objects.filter(email="new@example.com").exists()


def test_a_dry_run_reports_the_same_and_changes_nothing(cast: Cast) -> None:
    file = file_of(
        f"{cast.author.email},Lou,Local sender,{cast.store.code}", f"n@example.com,N,read_only,{cast.store.code}"
    )

    report = import_people(brand=cast.brand, file=file, actor=cast.admin, dry_run=True)

    assert (report.changed, report.invited, report.error_count) == (1, 1, 0)
    assert cast.author.memberships.get().role.key == Role.LOCAL_AUTHOR
    assert (Invitation.objects.count(), Event.objects.filter(action__startswith="member").count()) == (0, 0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense,N,read_only,{code}", "is no email address"),
        ("n@example.com,N,Emperor,{code}", "There is no role “Emperor”"),
        ("n@example.com,N,read_only,NOWHERE", "no group with the code NOWHERE"),
        ("n@example.com,N,read_only,{foreign}", "no group with the code"),
        ("n@example.com,N,read_only,", "The column groups is empty"),
        ("n@example.com,N,approver,{code}", "rights that you do not have"),
        ("first@example.com,N,read_only,{code}", "in line 2 already"),
        ("n@example.com,N,read_only,{code},extra", "cells"),
    ],
)
def test_one_bad_line_is_named_and_nothing_is_changed(cast: Cast, line: str, said: str) -> None:
    foreign = root_group(cast.other_brand).code
    file = file_of(
        f"first@example.com,F,read_only,{cast.store.code}", line.format(code=cast.store.code, foreign=foreign)
    )

    report = import_people(brand=cast.brand, file=file, actor=cast.admin)

    assert report.error_count == 1
    assert str(report.errors[0]).startswith("Line 3:")
    assert said in str(report.errors[0])
    assert Invitation.objects.count() == 0


def test_the_file_that_would_remove_the_last_admin_changes_nothing(cast: Cast) -> None:
    root = root_group(cast.brand)
    file = file_of(f"{cast.admin.email},A,read_only,{root.code}")

    report = import_people(brand=cast.brand, file=file, actor=cast.admin)

    assert "last admin" in str(report.errors[0])
    assert access.may(cast.admin, Permission.MANAGE_USERS, root)


def test_a_hundred_thousand_people_in_one_file_are_refused_with_what_to_do(cast: Cast) -> None:
    lines = (f"person-{number}@example.com,P,read_only,{cast.store.code}" for number in range(100_000))

    with pytest.raises(FileUnreadable, match=r"at most 5000 people.*Split it|at most"):
        import_people(brand=cast.brand, file=file_of(*lines), actor=cast.admin)

    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("text", ["", "name,phone\nx,y", "email,role\na@example.com,read_only"])
def test_a_file_that_is_no_such_table_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(FileUnreadable):
        import_people(brand=cast.brand, file=io.BytesIO(text.encode()), actor=cast.admin)


def test_the_page_shows_first_and_imports_then(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    file = SimpleUploadedFile("people.csv", file_of(f"n@example.com,N,read_only,{cast.store.code}").read())

    shown = client.post(reverse("groups:person-import"), {"file": file})
    before = Invitation.objects.count()
    token = shown.context["token"]
    done = client.post(reverse("groups:person-import-confirm"), {"token": token}, follow=True)
    again = client.post(reverse("groups:person-import-confirm"), {"token": token}, follow=True)

    assert "What people.csv would change" in shown.content.decode()
    assert (before, Invitation.objects.count()) == (0, 1)
    assert "Imported: 1 invitation" in done.content.decode()
    assert "Upload it again" in again.content.decode()


def test_a_file_of_somebody_else_is_not_imported_by_its_token(cast: Cast, client: Client) -> None:
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand))
    client.force_login(cast.admin)
    file = SimpleUploadedFile("people.csv", file_of(f"n@example.com,N,read_only,{cast.store.code}").read())
    token = client.post(reverse("groups:person-import"), {"file": file}).context["token"]

    client.force_login(second)
    client.post(reverse("groups:person-import-confirm"), {"token": token})
    forged = client.post(reverse("groups:person-import-confirm"), {"token": "../x"})

    assert Invitation.objects.count() == 0
    assert forged.status_code == 404


def test_the_number_of_findings_is_told_and_the_list_is_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "SHOWN_FINDINGS", 3)

    report = import_people(brand=cast.brand, file=file_of(*["x,,,"] * 5), actor=cast.admin)

    assert (report.error_count, len(report.errors)) == (5, 3)
    assert Membership.objects.filter(user__email="x").count() == 0
