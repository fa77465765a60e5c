"""The pages of audiences, as everybody tries them, also with forged ids."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.audiences import services, tasks
from groups.errors import InputRefused
from groups.models import Audience, AudienceMember, Contact, ContactImport, Event, Group, ImportState, SyncState
from tests.builders import Cast, a_contact, a_workspace, an_audience, an_import
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db

CONTENT = b"customer_id,email,First Name,Salary\nC1,anna@example.com,Anna,9\nC2,nobody,=1+1,9\n"


CONSENT = {"consent_source": "card", "consent_on": "2026-11-02", "consent_text": "Yes, write to me."}


def upload_of(content: bytes = CONTENT, **fields: str) -> dict[str, object]:
    """Gives the upload form, filled in."""
    file = SimpleUploadedFile("regulars.csv", content, content_type="text/csv")
    return {"audience": "", "name": "Regulars", "file": file, "statement": "on", **CONSENT, **fields}


def test_who_opens_which_page(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=1)
    done = an_import("customer_id,email\nC1,a@example.com\n", audience=audience, group=cast.store, actor=cast.author)
    ContactImport.objects.update(state=ImportState.DONE)
    store = {"group_id": cast.store.pk}
    pages = {
        "list": reverse("groups:audience-list", kwargs=store),
        "upload": reverse("groups:audience-upload", kwargs=store),
        "segments": reverse("groups:segment-list", kwargs=store),
        "audience": reverse("groups:audience-show", args=[audience.pk]),
        "import": reverse("groups:import-show", args=[done.pk]),
        "rejects": reverse("groups:import-rejects", args=[done.pk]),
        "groups": reverse("groups:group-list"),
    }

    opened = {}
    for user in cast.everybody:
        client.force_login(user)
        answers = {name: client.get(page).status_code for name, page in pages.items()}
        assert set(answers.values()) <= {200, 404}
        opened[user.name] = {name for name, status in answers.items() if status == 200}

    manage = {"list", "upload", "audience", "import", "rejects", "groups"}
    assert opened == {
        "Lou Author": manage,
        "Sam Sender": manage,
        "Ana Approver": {"groups"},
        "Mika Manager": manage | {"segments"},
        "Ade Admin": manage | {"segments"},
        "Nell Neighbour": {"groups"},
        "Olu Outsider": {"groups"},
    }


def test_strangers_who_forge_addresses_change_nothing(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=1)
    contact = Contact.objects.get()
    waiting = an_import(CONTENT, audience=audience, group=cast.store, actor=cast.author)
    for user in (cast.approver, cast.neighbour, cast.outsider):
        client.force_login(user)
        answers = [
            client.post(reverse("groups:audience-upload", args=[cast.store.pk]), upload_of()),
            client.post(reverse("groups:import-columns", args=[waiting.pk]), {"column_0": "external_id"}),
            client.post(reverse("groups:import-retry", args=[waiting.pk])),
            client.post(reverse("groups:audience-contact-remove", args=[audience.pk, contact.pk])),
            client.post(reverse("groups:segment-assign", args=[cast.store.pk]), {"segment": "any"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 5

    waiting.refresh_from_db()
    assert waiting.state == ImportState.MAPPING
    assert (Audience.objects.count(), ContactImport.objects.count(), AudienceMember.objects.count()) == (1, 1, 1)


def test_a_forged_list_in_the_upload_form_is_404(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    foreign = an_audience(group=cast.next_store)

    for forged in (str(foreign.pk), str(uuid.uuid4()), "nonsense"):
        response = client.post(
            reverse("groups:audience-upload", args=[cast.store.pk]), upload_of(audience=forged, name="")
        )
        assert response.status_code == 404

    assert ContactImport.objects.count() == 0


def test_a_contact_of_another_group_is_not_taken_off(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=1)
    foreign = a_contact(audience=an_audience(group=cast.next_store))
    client.force_login(cast.author)

    response = client.post(reverse("groups:audience-contact-remove", args=[audience.pk, foreign.pk]))

    assert response.status_code == 404
    assert AudienceMember.objects.count() == 2


def test_a_file_comes_in_from_upload_to_result(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    uploaded = client.post(reverse("groups:audience-upload", args=[cast.store.pk]), upload_of())
    contact_import = ContactImport.objects.get()
    columns = reverse("groups:import-columns", args=[contact_import.pk])
    page = client.get(columns).content.decode()
    confirmed = client.post(
        columns, {"column_0": "external_id", "column_1": "email", "column_2": "first_name", "column_3": ""}
    )
    progress = reverse("groups:import-show", args=[contact_import.pk])
    waiting = client.get(progress, headers={"HX-Request": "true"}).content.decode()
    tasks.run_import(str(contact_import.pk))
    done = client.get(progress, headers={"HX-Request": "true"}).content.decode()
    rejects = b"".join(client.get(reverse("groups:import-rejects", args=[contact_import.pk])))  # type: ignore[arg-type]

    assert uploaded.headers["Location"] == columns
    assert "anna@example.com" in page
    assert '<option value="first_name" selected>' in page
    assert confirmed.headers["Location"] == progress
    assert 'hx-trigger="every 1s"' in waiting
    assert "hx-trigger" not in done
    assert "2 of 2 rows" in done
    assert "This is no email address" in done
    assert rejects.decode("utf-8-sig").splitlines() == [
        "rejected line,rejected reason,rejected why,rejected column,customer_id,email,First Name,Salary",
        "3,bad_email,This is no email address,email,C2,nobody,'=1+1,9",
    ]
    anna = Contact.objects.get()
    assert (anna.attributes, anna.consent_source) == ({"first_name": "Anna"}, "card")
    assert Audience.objects.get().group == cast.store


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"anna@example.com\n", "has no header"),
        (b"PK\x03\x04", "damaged or none at all"),
        (b"email,name\na@example.com,\x81\x8d\n", "encoding that cannot be read"),
    ],
)
def test_a_bad_file_gets_its_sentence_at_the_field_and_leaves_nothing(
    cast: Cast, client: Client, content: bytes, words: str
) -> None:
    client.force_login(cast.author)

    response = client.post(reverse("groups:audience-upload", args=[cast.store.pk]), upload_of(content))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert Audience.objects.count() == ContactImport.objects.count() == 0


def test_without_the_statement_of_consent_nothing_comes_in(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    response = client.post(reverse("groups:audience-upload", args=[cast.store.pk]), upload_of(statement=""))

    assert response.status_code == 422
    assert "Confirm that these people agreed" in response.content.decode()
    assert ContactImport.objects.count() == 0


def test_a_forged_column_changes_nothing(cast: Cast, client: Client) -> None:
    contact_import = an_import(CONTENT, group=cast.store, actor=cast.author)
    client.force_login(cast.author)

    for forged in ({"column_0": "token", "column_1": "email"}, {"column_0": "email", "column_1": "email"}):
        response = client.post(reverse("groups:import-columns", args=[contact_import.pk]), forged)
        assert response.status_code == 422

    contact_import.refresh_from_db()
    assert contact_import.state == ImportState.MAPPING


def test_a_failed_import_can_be_tried_again(cast: Cast, client: Client) -> None:
    contact_import = an_import(CONTENT, group=cast.store, actor=cast.author)
    ContactImport.objects.update(state=ImportState.FAILED, failure="The uploaded file is gone. Upload it again.")
    client.force_login(cast.author)

    page = client.get(reverse("groups:import-show", args=[contact_import.pk])).content.decode()
    client.post(reverse("groups:import-retry", args=[contact_import.pk]))

    contact_import.refresh_from_db()
    assert "The uploaded file is gone." in page
    assert (contact_import.state, contact_import.failure) == (ImportState.WAITING, "")


def test_contacts_are_searched_and_their_text_is_never_markup(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    a_contact(audience=audience, email="anna@example.com", external_id="<b>C1</b>")
    a_contact(audience=audience, email="ben@example.com")
    client.force_login(cast.author)

    page = client.get(reverse("groups:audience-show", args=[audience.pk]), {"q": "ANNA"}).content.decode()

    assert "anna@example.com" in page
    assert "ben@example.com" not in page
    assert "&lt;b&gt;C1&lt;/b&gt;" in page


def test_taking_somebody_off_a_list_reaches_braze(cast: Cast, client: Client, sandbox: RunningSandbox) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=sandbox.url)
    audience = an_audience(group=cast.store, contacts=2)
    contact = Contact.objects.first()
    assert contact is not None
    tasks.sync(str(workspace.pk))
    client.force_login(cast.author)

    client.post(reverse("groups:audience-contact-remove", args=[audience.pk, contact.pk]))
    contact.refresh_from_db()
    assert contact.sync_state == SyncState.PENDING
    tasks.sync(str(workspace.pk))

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert profile.custom["smartersends_groups"] == []
    audience.refresh_from_db()
    assert audience.size == audience.members.count() == 1
    assert Event.objects.filter(action="audience.contact_removed").count() == 1


def test_head_office_assigns_a_segment_of_braze(cast: Cast, client: Client, sandbox: RunningSandbox) -> None:
    a_workspace(brand=cast.brand, endpoint=sandbox.url)
    client.force_login(cast.manager)
    segment = next(iter(sandbox.state.segments.values()))

    page = client.get(reverse("groups:segment-list", args=[cast.store.pk])).content.decode()
    assign = reverse("groups:segment-assign", args=[cast.store.pk])
    client.post(assign, {"segment": segment.segment_id, "name": "forged"})
    client.post(assign, {"segment": segment.segment_id})
    unknown = client.post(assign, {"segment": "no-such-segment"})

    assert segment.name in page
    audience = Audience.objects.get()
    assert (audience.group, audience.segment_id, audience.name) == (cast.store, segment.segment_id, segment.name)
    assert unknown.status_code == 404


def test_braze_being_away_is_told_on_the_segment_page(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    client.force_login(cast.manager)

    response = client.get(reverse("groups:segment-list", args=[cast.store.pk]))

    assert response.status_code == 200
    assert "Braze does not answer as expected." in response.content.decode()


def test_a_search_with_signs_that_cannot_be_shown_finds_without_them(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    a_contact(audience=audience, email="anna@example.com")
    client.force_login(cast.author)

    for search, is_found in (("%00", True), ("%00an%00na%0A", True), ("%00ben", False)):
        response = client.get(reverse("groups:audience-show", args=[audience.pk]) + f"?q={search}&page=%00")
        assert response.status_code == 200
        assert ("anna@example.com" in response.content.decode()) is is_found


def test_a_nul_in_the_upload_form_gets_a_sentence(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    address = reverse("groups:audience-upload", args=[cast.store.pk])

    statuses = [
        client.post(address, upload_of(**{field: "a\x00b"})).status_code for field in ("name", "consent_source")
    ]
    looked = client.get(address + "?audience=%00")
    forged = client.post(address, upload_of(audience="\x00"))

    assert (statuses, looked.status_code, forged.status_code) == ([422, 422], 200, 404)
    assert (ContactImport.objects.count(), Audience.objects.count()) == (0, 0)


def test_a_closed_group_gets_no_segment_and_no_file(cast: Cast, client: Client, sandbox: RunningSandbox) -> None:
    a_workspace(brand=cast.brand, endpoint=sandbox.url)
    Group.objects.filter(pk=cast.store.pk).update(closed_at=timezone.now())
    client.force_login(cast.manager)
    segment = next(iter(sandbox.state.segments))

    assign = reverse("groups:segment-assign", args=[cast.store.pk])
    assigned = client.post(assign, {"segment": segment}, follow=True)
    uploaded = client.post(reverse("groups:audience-upload", args=[cast.store.pk]), upload_of())

    assert "Northwind Coffee Portland is closed." in assigned.content.decode()
    assert "Northwind Coffee Portland is closed." in uploaded.content.decode()
    assert uploaded.status_code == 422
    assert Audience.objects.count() == 0


def test_a_segment_with_an_id_that_cannot_be_shown_is_refused(cast: Cast) -> None:
    with pytest.raises(InputRefused, match="Choose a segment"):
        services.assign_segment(group=cast.store, segment_id="a\x00b", name="Regulars", actor=cast.manager)

    assert Audience.objects.count() == 0


def test_whoever_may_is_led_from_the_audiences_to_segments_and_to_the_limits_of_imports(
    cast: Cast, client: Client
) -> None:
    page = reverse("groups:audience-list", args=[cast.store.pk])
    further = [reverse(f"groups:{name}", args=[cast.store.pk]) for name in ("segment-list", "import-limits")]

    shown = {}
    for person in (cast.manager, cast.author):
        client.force_login(person)
        html = client.get(page).content.decode()
        shown[person] = [address for address in further if f'href="{address}"' in html]

    assert shown == {cast.manager: further, cast.author: []}
