"""From a file to a list: said where people agreed, tried, asked where it is large, replaced, taken back, mended."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from groups.access import groups_with
from groups.audiences import tasks
from groups.audiences.imports import limits
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.rejecting import OUR_HEADERS
from groups.audiences.imports.services import begin, confirm_mapping, start_import
from groups.consent.leaving import unsubscribe
from groups.errors import InputRefused, StaleState
from groups.models import (
    Attribute,
    Audience,
    Contact,
    ContactImport,
    Event,
    Group,
    ImportLimit,
    ImportMode,
    ImportReject,
    ImportState,
    Notice,
    Replacement,
    Suppression,
    SyncState,
    User,
)
from groups.people.services import service_user
from groups.roles import Permission
from tests.builders import Cast, a_contact, an_audience, an_import
from tests.campaigns.builders import a_mailing

pytestmark = pytest.mark.django_db

HEADER = "customer_id,email,first_name\n"
CONSENT = {"consent_source": "card", "consent_on": "2026-11-02", "consent_text": "Yes, write to me."}


def uploaded(
    content: str | bytes, *, group: Group, actor: User, audience: Audience | None = None, **more: object
) -> ContactImport:
    """Uploads a file as a person does, with the statement ticked."""
    data = content.encode() if isinstance(content, str) else content
    options: dict[str, object] = {
        "consent_source": "card",
        "consent_on": date(2026, 11, 2),
        "consent_text": "Yes, write to me.",
        "is_stated": True,
        **more,
    }
    return start_import(
        group=group,
        actor=actor,
        file=SimpleUploadedFile("contacts.csv", data),
        file_name="contacts.csv",
        name="" if audience else "Regulars",
        audience=audience,
        **options,  # type: ignore[arg-type]
    )


def confirmed(contact_import: ContactImport, *, is_trial: bool = False) -> ContactImport:
    """Takes the columns as they were matched."""
    mapping = {int(position): target for position, target in contact_import.mapping.items()}
    actor = contact_import.uploaded_by
    return confirm_mapping(contact_import=contact_import, mapping=mapping, actor=actor, is_trial=is_trial)


def ran(contact_import: ContactImport) -> ContactImport:
    """Lets the worker do what there is to do."""
    found = run_import(contact_import.pk)
    assert found is not None
    return found


def fingerprint() -> list[object]:
    """Gives all that an import may change."""
    return [
        list(Contact.objects.order_by("pk").values()),
        list(Audience.objects.order_by("pk").values("pk", "size")),
        list(Audience.objects.order_by("pk", "members__contact").values("pk", "members__contact")),
        list(Suppression.objects.order_by("pk").values()),
    ]


@pytest.mark.catalogue("A3")
def test_a_trial_says_what_would_happen_and_writes_nobody(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    a_contact(audience=audience, external_id="C1", email="anna@example.com", first_name="Anna")
    a_contact(audience=audience, external_id="C2", email="ben@example.com", first_name="Ben")
    gone = a_contact(audience=audience, external_id="C3", email="carl@example.com", first_name="Carl")
    unsubscribe(contact=gone, group=None, source="test")
    content = HEADER + (
        "C1,anna@example.com,Anna\nC2,ben@example.com,Benny\nC3,carl@example.com,Carl\nC4,dora@example.com,Dora\n"
        "C5,nobody,Eve\n"
    )
    Contact.objects.update(consent_source="card", consent_on=date(2026, 11, 2), consent_text="Yes, write to me.")
    before = fingerprint()
    client.force_login(cast.author)

    tried = ran(confirmed(uploaded(content, group=cast.store, actor=cast.author, audience=audience), is_trial=True))
    page = client.get(reverse("groups:import-show", args=[tried.pk])).content.decode()

    assert fingerprint() == before
    assert tried.state == ImportState.CHECKED
    told = [tried.rows_new, tried.rows_updated, tried.rows_unchanged, tried.rows_rejected, tried.rows_suppressed]
    assert told == [1, 1, 2, 1, 1]
    assert "Nothing has been written yet." in page
    assert "This is no email address" in page
    assert Notice.objects.filter(person=cast.author, kind="import.tried").count() == 1
    client.post(reverse("groups:import-begin", args=[tried.pk]))
    done = ran(tried)
    assert [done.rows_new, done.rows_updated, done.rows_unchanged, done.rows_rejected, done.rows_suppressed] == told
    assert (done.state, done.rejects.count()) == (ImportState.DONE_WITH_ERRORS, 1)
    assert Notice.objects.filter(person=cast.author, kind="import.finished").count() == 1


@pytest.mark.catalogue("A3")
def test_columns_can_be_changed_after_a_trial(cast: Cast, client: Client) -> None:
    content = HEADER + "C1,anna@example.com,Anna\n"
    tried = ran(confirmed(uploaded(content, group=cast.store, actor=cast.author), is_trial=True))
    client.force_login(cast.author)

    answer = client.post(reverse("groups:import-reopen", args=[tried.pk]))

    tried.refresh_from_db()
    assert (answer.headers["Location"], tried.state) == (
        reverse("groups:import-columns", args=[tried.pk]),
        ImportState.MAPPING,
    )
    with pytest.raises(StaleState):
        begin(contact_import=tried, actor=cast.author)


@pytest.mark.catalogue("A5")
def test_a_file_replaces_a_list_and_that_is_taken_back(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    for number in range(1, 5):
        a_contact(audience=audience, external_id=f"C{number}", email=f"p{number}@example.com", first_name="P")
    Audience.objects.filter(pk=audience.pk).update(size=4)
    Contact.objects.update(sync_state=SyncState.SYNCED)
    client.force_login(cast.manager)
    rows = "C1,p1@example.com,P\nC2,p2@example.com,P\nC9,p9@example.com,P\n"
    contact_import = uploaded(
        HEADER + rows, group=cast.store, actor=cast.manager, audience=audience, mode=ImportMode.REPLACE
    )
    on_list = lambda: sorted(audience.members.values_list("contact__external_id", flat=True))  # noqa: E731

    tried = ran(confirmed(contact_import))
    page = client.get(reverse("groups:import-show", args=[tried.pk])).content.decode()

    assert (tried.state, tried.size_before, tried.rows_joining, tried.rows_leaving) == (ImportState.CHECKED, 4, 1, 2)
    assert on_list() == ["C1", "C2", "C3", "C4"]
    assert "Replace the list" in page
    client.post(reverse("groups:import-begin", args=[tried.pk]))
    done = ran(tried)
    assert (done.state, done.rows_joining, done.rows_leaving) == (ImportState.DONE, 1, 2)
    assert on_list() == ["C1", "C2", "C9"]
    pending = Contact.objects.filter(sync_state=SyncState.PENDING).values_list("external_id", flat=True)
    assert {"C3", "C4", "C9"} <= set(pending)
    audience.refresh_from_db()
    assert audience.size == 3
    a_contact(audience=audience, external_id="C10", email="p10@example.com")
    Audience.objects.filter(pk=audience.pk).update(size=4)
    client.post(reverse("groups:import-undo", args=[done.pk]))
    assert on_list() == ["C1", "C10", "C2", "C3", "C4"]
    audience.refresh_from_db()
    assert audience.size == 5
    assert Replacement.objects.count() == 0
    assert {"audience.replaced", "audience.replacement_undone"} <= set(Event.objects.values_list("action", flat=True))
    client.post(reverse("groups:import-undo", args=[done.pk]))
    assert Event.objects.filter(action="audience.replacement_undone").count() == 1


@pytest.mark.catalogue("A5")
def test_a_replacement_that_takes_most_people_away_asks(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=5)
    client.force_login(cast.manager)
    contact_import = uploaded(
        HEADER + "X1,x1@example.com,X\nX2,x2@example.com,X\n",
        group=cast.store,
        actor=cast.manager,
        audience=audience,
        mode=ImportMode.REPLACE,
    )
    tried = ran(confirmed(contact_import))

    page = client.get(reverse("groups:import-show", args=[tried.pk])).content.decode()
    client.post(reverse("groups:import-begin", args=[tried.pk]))

    tried.refresh_from_db()
    assert "More than half of the people would go from the list." in page
    assert (tried.state, audience.members.count()) == (ImportState.CHECKED, 5)
    client.post(reverse("groups:import-begin", args=[tried.pk]), {"confirm": "on"})
    done = ran(tried)
    assert (done.state, audience.members.count()) == (ImportState.DONE, 2)


@pytest.mark.catalogue("A5")
def test_who_may_not_overwrite_replaces_nothing(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=3)
    replacing = uploaded(
        HEADER + "X1,x1@example.com,X\n",
        group=cast.store,
        actor=cast.manager,
        audience=audience,
        mode=ImportMode.REPLACE,
    )
    tried = ran(confirmed(replacing))
    client.force_login(cast.author)
    form = {
        "file": SimpleUploadedFile("x.csv", b"customer_id,email\nX1,x1@example.com\n"),
        "audience": str(audience.pk),
        "mode": "replace",
        "statement": "on",
        **CONSENT,
    }

    answers = [
        client.post(reverse("groups:audience-upload", args=[cast.store.pk]), form).status_code,
        client.post(reverse("groups:import-begin", args=[tried.pk]), {"confirm": "on"}).status_code,
        client.post(reverse("groups:import-undo", args=[tried.pk])).status_code,
    ]

    tried.refresh_from_db()
    assert answers == [404, 404, 404]
    assert (tried.state, ContactImport.objects.count(), audience.members.count()) == (ImportState.CHECKED, 1, 3)
    assert not groups_with(cast.author, Permission.OVERWRITE_AUDIENCE).exists()


@pytest.mark.catalogue("A14")
def test_a_large_file_waits_for_its_uploaders_word_and_those_above_are_told(cast: Cast, client: Client) -> None:
    limits.set_limit(group=cast.region, rows=2, growth=10, actor=cast.manager)
    content = HEADER + "".join(f"C{n},p{n}@example.com,P\n" for n in range(3))
    client.force_login(cast.author)

    held = ran(confirmed(uploaded(content, group=cast.store, actor=cast.author)))
    client.post(reverse("groups:import-begin", args=[held.pk]))

    held.refresh_from_db()
    assert (held.state, held.rows_new, Contact.objects.count()) == (ImportState.CHECKED, 3, 0)
    page = client.get(reverse("groups:import-show", args=[held.pk])).content.decode()
    assert "The file has more rows than is usual in this group." in page
    assert not Notice.objects.filter(kind="import.large").exists()
    client.post(reverse("groups:import-begin", args=[held.pk]), {"confirm": "on"})
    done = ran(held)
    assert (done.state, Contact.objects.count()) == (ImportState.DONE, 3)
    told = set(Notice.objects.filter(kind="import.large").values_list("person__name", flat=True))
    assert {"Mika Manager", "Ade Admin"} <= told
    assert not told & {"Lou Author", "Nell Neighbour", "Olu Outsider"}


@pytest.mark.catalogue("A14")
def test_a_file_that_makes_a_list_many_times_as_long_asks(cast: Cast) -> None:
    audience = an_audience(group=cast.store, contacts=limits.SMALL_LIST)
    limits.set_limit(group=cast.store, rows=10_000, growth=2, actor=cast.manager)
    content = HEADER + "".join(f"N{n},n{n}@example.com,P\n" for n in range(limits.SMALL_LIST + 1))

    held = ran(confirmed(uploaded(content, group=cast.store, actor=cast.author, audience=audience)))

    assert held.state == ImportState.CHECKED
    assert limits.grows_much(held)
    assert not limits.is_long(held)


@pytest.mark.catalogue("A14")
def test_the_nearest_limit_holds_and_the_operator_is_not_asked(cast: Cast) -> None:
    limits.set_limit(group=cast.region, rows=2, growth=10, actor=cast.manager)
    limits.set_limit(group=cast.store, rows=50, growth=4, actor=cast.manager)

    assert limits.limits_of(cast.store) == limits.Limits(50, 4)
    assert limits.limits_of(cast.next_store) == limits.Limits(2, 10)
    limits.clear_limit(group=cast.store, actor=cast.manager)
    assert limits.limits_of(cast.store) == limits.Limits(2, 10)
    content = HEADER + "".join(f"C{n},p{n}@example.com,P\n" for n in range(3))
    operator = service_user(brand=cast.brand)
    done = ran(confirmed(an_import(content, group=cast.store, actor=operator)))
    assert done.state == ImportState.DONE


@pytest.mark.catalogue("A14")
def test_only_who_manages_rules_says_what_is_large(cast: Cast, client: Client) -> None:
    address = reverse("groups:import-limits", args=[cast.store.pk])
    client.force_login(cast.author)
    refused = client.post(address, {"most_rows": "5", "most_growth": "3"})
    assert (refused.status_code, ImportLimit.objects.count()) == (404, 0)
    client.force_login(cast.manager)

    wrong = client.post(address, {"most_rows": "0", "most_growth": "3"})
    client.post(address, {"most_rows": "5", "most_growth": "3"})

    assert wrong.status_code == 422
    assert limits.limits_of(cast.store) == limits.Limits(5, 3)


@pytest.mark.catalogue("A16")
def test_consent_is_kept_with_every_contact_and_the_statement_in_the_trail(cast: Cast) -> None:
    content = (
        "customer_id,email,consent source,consent date,consent text\n"
        "C1,a@example.com,website,2026-10-01,Send me news\nC2,b@example.com,,,\n"
    )

    ran(confirmed(uploaded(content, group=cast.store, actor=cast.author)))

    kept = Contact.objects.order_by("external_id").values_list("consent_source", "consent_on", "consent_text")
    assert list(kept) == [
        ("website", date(2026, 10, 1), "Send me news"),
        ("card", date(2026, 11, 2), "Yes, write to me."),
    ]
    stated = Event.objects.get(action="import.consent_stated")
    assert stated.actor == cast.author
    assert stated.detail["statement"] == (
        "These people have agreed to get marketing mail from this brand, and we can show it."
    )


@pytest.mark.catalogue("A16")
def test_without_word_of_consent_nothing_comes_in(cast: Cast, client: Client) -> None:
    contact_import = uploaded(
        HEADER + "C1,a@example.com,Anna\n",
        group=cast.store,
        actor=cast.author,
        consent_source="",
        consent_on=None,
        consent_text="",
    )
    client.force_login(cast.author)
    columns = {"column_0": "external_id", "column_1": "email", "column_2": "first_name"}
    address = reverse("groups:import-columns", args=[contact_import.pk])

    refused = client.post(address, {**columns, **CONSENT, "consent_text": ""})
    early = client.post(address, {**columns, **CONSENT, "consent_on": "2999-01-01"})

    contact_import.refresh_from_db()
    assert (refused.status_code, early.status_code, contact_import.state) == (422, 422, ImportState.MAPPING)
    assert "Say where and when these people agreed" in refused.content.decode()
    client.post(address, {**columns, **CONSENT})
    assert ran(contact_import).state == ImportState.DONE
    assert Contact.objects.get().consent_text == "Yes, write to me."


@pytest.mark.catalogue("A16")
def test_a_row_without_consent_is_rejected_where_only_a_column_says_it(cast: Cast) -> None:
    content = (
        "customer_id,email,consent source,consent date,consent text\n"
        "C1,a@example.com,website,2026-10-01,Send me news\nC2,b@example.com,website,,Send me news\n"
    )
    plain = {"consent_source": "", "consent_on": None, "consent_text": ""}

    done = ran(confirmed(uploaded(content, group=cast.store, actor=cast.author, **plain)))

    assert (done.rows_new, done.rows_rejected) == (1, 1)
    reject = done.rejects.get()
    assert (reject.line, reject.reason, reject.detail) == (3, "missing_consent", "consent date")


@pytest.mark.catalogue("A3")
def test_rejects_are_mended_and_uploaded_again(cast: Cast, client: Client) -> None:
    content = HEADER + 'C1,anna@example.com,Anna\nC2,nobody,=1+1\nC3,,"+Zoë\'s"\n'
    first = ran(confirmed(uploaded(content, group=cast.store, actor=cast.author)))
    client.force_login(cast.author)
    client.cookies.load({"django_language": "de"})
    address = reverse("groups:import-rejects", args=[first.pk])
    rejects = b"".join(client.get(address)).decode("utf-8-sig")  # type: ignore[arg-type]

    table = list(csv.reader(io.StringIO(rejects)))
    assert table[0] == [*OUR_HEADERS, "customer_id", "email", "first_name"]
    table[1][5], table[2][5] = "ben@example.com", "zoe@example.com"
    mended = io.StringIO()
    csv.writer(mended).writerows(table)
    audience = Audience.objects.get()
    second = uploaded(mended.getvalue(), group=cast.store, actor=cast.author, audience=audience)
    page = client.get(reverse("groups:import-columns", args=[second.pk])).content.decode()
    done = ran(confirmed(second))

    assert "rejected line" not in page
    assert (done.state, done.rows_new) == (ImportState.DONE, 2)
    names = dict(Contact.objects.values_list("external_id", "attributes__first_name"))
    assert names == {"C1": "Anna", "C2": "=1+1", "C3": "+Zoë's"}


@pytest.mark.catalogue("A3")
def test_reasons_are_in_the_language_of_whoever_reads_them(cast: Cast, client: Client) -> None:
    first = ran(confirmed(uploaded(HEADER + "C2,nobody,Ben\n", group=cast.store, actor=cast.author)))
    User.objects.filter(pk=cast.author.pk).update(language="de")
    client.force_login(User.objects.get(pk=cast.author.pk))
    with translation.override("de"):
        german = translation.gettext("This is no email address")

    rejects = b"".join(client.get(reverse("groups:import-rejects", args=[first.pk])))  # type: ignore[arg-type]

    assert german in rejects.decode("utf-8-sig")


@pytest.mark.catalogue("A1")
def test_what_somebody_chose_for_a_header_is_proposed_next_time_in_this_group(cast: Cast) -> None:
    content = "Nr,Wohin,Spitzname,City\nC1,anna@example.com,Anna,Portland\n"
    first = uploaded(content, group=cast.store, actor=cast.author)
    mapping = {0: "external_id", 1: "email", 2: "first_name"}
    confirm_mapping(contact_import=first, mapping=mapping, actor=cast.author)

    again = uploaded(content, group=cast.store, actor=cast.author, audience=first.audience)
    elsewhere = uploaded(content, group=cast.next_store, actor=cast.neighbour)

    assert again.mapping == {"0": "external_id", "1": "email", "2": "first_name"}
    assert elsewhere.mapping == {"3": "city"}


@pytest.mark.catalogue("A2")
def test_columns_that_the_brand_does_not_allow_are_named_and_left_out(cast: Cast, client: Client) -> None:
    content = "customer_id,email,first_name,Salary\nC1,anna@example.com,Anna,9000\n"
    contact_import = uploaded(content, group=cast.store, actor=cast.author)
    client.force_login(cast.author)

    page = client.get(reverse("groups:import-columns", args=[contact_import.pk])).content.decode()
    ran(confirmed(contact_import))

    assert "Not imported" in page
    assert "<bdi>Salary</bdi>" in page
    assert "salary" not in Attribute.objects.values_list("name", flat=True)
    assert Contact.objects.get().attributes == {"first_name": "Anna"}


@pytest.mark.catalogue("A4")
def test_deleting_a_list_names_the_mailings_that_are_still_to_go(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, name="Regulars", contacts=2)
    mailing = a_mailing(group=cast.store, audience=audience)
    type(mailing).objects.filter(pk=mailing.pk).update(state="scheduled", name="Spring & more")
    Contact.objects.update(sync_state=SyncState.SYNCED)
    client.force_login(cast.author)
    address = reverse("groups:audience-remove", args=[audience.pk])

    page = client.get(address).content.decode()
    answer = client.post(address, follow=True)

    assert "A mailing is still to go to this list" in page
    assert "Spring &amp; more" in page
    assert "The list Regulars is deleted. Its people stay." in answer.content.decode()
    assert client.get(reverse("groups:audience-show", args=[audience.pk])).status_code == 404
    assert Contact.objects.filter(sync_state=SyncState.PENDING).count() == 2
    assert Event.objects.filter(action="audience.removed").count() == 1
    mailing.refresh_from_db()
    assert mailing.audience is not None
    assert mailing.audience.name == "Regulars"
    an_audience(group=cast.store, name="Regulars")


@pytest.mark.catalogue("A4")
def test_who_may_not_manage_contacts_deletes_no_list(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=1)

    for user in (cast.approver, cast.neighbour, cast.outsider):
        client.force_login(user)
        assert client.post(reverse("groups:audience-remove", args=[audience.pk])).status_code == 404

    assert (Audience.objects.count(), audience.members.count()) == (1, 1)


@pytest.mark.catalogue("A4")
def test_a_list_is_not_deleted_under_an_import(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=1)
    confirmed(uploaded(HEADER + "C1,a@example.com,A\n", group=cast.store, actor=cast.author, audience=audience))
    client.force_login(cast.author)

    answer = client.post(reverse("groups:audience-remove", args=[audience.pk]), follow=True)

    waiting = ContactImport.objects.get()
    ContactImport.objects.update(state=ImportState.CHECKED)
    Audience.objects.filter(pk=audience.pk).update(removed_at=waiting.created_at)
    with pytest.raises(InputRefused, match="The list was deleted"):
        begin(contact_import=waiting, actor=cast.author)
    assert "A file is being imported into this list." in answer.content.decode()
    assert audience.members.count() == 1


@pytest.mark.catalogue("A3")
def test_whoever_uploads_a_file_that_fails_is_told(cast: Cast) -> None:
    contact_import = confirmed(uploaded(HEADER + 'C1,a@example.com,"A\n', group=cast.store, actor=cast.author))

    tasks.run_import(str(contact_import.pk))

    contact_import.refresh_from_db()
    assert contact_import.state == ImportState.FAILED
    assert Notice.objects.get(kind="import.failed").person == cast.author
    assert ImportReject.objects.count() == 0


def test_a_new_list_cannot_be_replaced(cast: Cast) -> None:
    with pytest.raises(InputRefused, match="Choose the list"):
        uploaded(HEADER, group=cast.store, actor=cast.manager, mode=ImportMode.REPLACE)

    assert Audience.objects.count() == 0
