"""The pages that a person opens."""

from __future__ import annotations

from tests.braze_client.sandbox.builders import Desk, a_person, a_schedule, a_trigger, an_email


async def a_desk_with_mail(people: int = 3, **email: object) -> Desk:
    desk = Desk()
    for start in range(0, people, 50):
        numbers = range(start, min(start + 50, people))
        await desk.people(*(a_person(i) for i in numbers))
        ids = [f"C{i}" for i in numbers]
        await desk.post("/messages/schedule/create", a_schedule(desk, *ids, messages={"email": an_email(**email)}))
    desk.now += 60
    return desk


async def test_the_start_page_leads_to_the_inbox_and_needs_no_key() -> None:
    desk = await a_desk_with_mail()

    home = await desk.client.get("/", headers={"Authorization": ""})
    page = await desk.client.get("/inbox", headers={"Authorization": ""})

    assert (home.status_code, home.headers["location"]) == (307, "/inbox")
    assert page.status_code == 200
    assert "<strong>3</strong>messages" in page.text and "ask for no sign-in" in page.text
    assert "c2@example.com" in page.text and "variation-1" in page.text


async def test_the_newest_come_first_in_pages_of_50() -> None:
    desk = await a_desk_with_mail(120)

    first, third = (await desk.get("/inbox")).text, (await desk.get("/inbox", page=3)).text

    assert first.count("<tr><td>") == 50 and third.count("<tr><td>") == 20
    assert "c119@example.com" in first and "c0@example.com" in third
    assert "Page 1 of 3" in first and "http-equiv" in first and "http-equiv" not in third


async def test_a_search_finds_by_address_subject_or_external_id() -> None:
    desk = await a_desk_with_mail(12)

    found = (await desk.get("/inbox", q="NAME11")).text
    nothing = (await desk.get("/inbox", q="nobody")).text

    assert found.count("<tr><td>") == 1 and "c11@example.com" in found
    assert "Nothing matches this search." in nothing


async def test_what_people_wrote_cannot_run_in_the_page() -> None:
    desk = await a_desk_with_mail(1, subject="<script>1</script>", body='<script>2</script>"><b>')

    listing, message = await desk.get("/inbox", q='"><script>3</script>'), await desk.get("/inbox/1")

    assert "<script>" not in listing.text + message.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in message.text
    assert "default-src 'none'" in message.headers["content-security-policy"]


async def test_a_message_page_shows_envelope_html_and_text() -> None:
    headers = {"List-Unsubscribe": "<{{${set_user_to_one_click_list_unsubscribe}}}>"}
    desk = await a_desk_with_mail(1, plaintext_body="Hi {{${first_name}}}", headers=headers, reply_to="r@example.com")

    page = (await desk.get("/inbox/1")).text

    assert "<dd>&lt;/unsubscribe/1&gt;</dd>" in page and "<dd>r@example.com</dd>" in page
    assert "<pre>Hi Name0</pre>" in page and "Hello Name0" in page
    assert (await desk.get("/inbox/2")).status_code == 404


async def test_the_unsubscribe_link_of_a_mail_works() -> None:
    desk = await a_desk_with_mail(1)

    page = await desk.get("/unsubscribe/1")

    assert "c0@example.com is now unsubscribed" in page.text
    assert await desk.export("C0", "email_subscribe") == {"email_subscribe": "unsubscribed"}


async def test_the_ledger_adds_up() -> None:
    desk = await a_desk_with_mail(60)

    ledger = await desk.ledger()

    assert ledger["calls"] == {"/users/track": 2, "/messages/schedule/create": 2}
    assert [(one["recipients"], one["sent"], one["state"]) for one in ledger["schedules"]] == [
        (50, 50, "sent"),
        (10, 10, "sent"),
    ]
    assert ledger["messages"] == 60 and set(ledger["messages_per_external_id"].values()) == {1}


async def test_the_json_inbox_is_cut_and_filtered() -> None:
    desk = await a_desk_with_mail(5)

    page = (await desk.get("/inbox.json", limit=2, offset=1)).json()
    one = (await desk.get("/inbox.json", email="c2@example.com")).json()

    assert (page["total"], [entry["number"] for entry in page["messages"]]) == (5, [4, 3])
    assert (one["total"], one["messages"][0]["subject"]) == (1, "For Name2")


async def test_a_message_names_the_files_that_hang_on_it() -> None:
    files = [{"file_name": "menu", "url": "https://x.example/menu.pdf"}]
    desk = await a_desk_with_mail(1, attachments=files)
    await desk.post("/campaigns/trigger/send", a_trigger({"external_user_id": "C0"}, attachments=files))

    messages = await desk.inbox()
    page = (await desk.get("/inbox/1")).text

    assert [one["attachments"] for one in messages] == [files, files]
    assert "menu: https://x.example/menu.pdf" in page


async def test_an_email_whose_file_has_no_address_is_400() -> None:
    desk = Desk()
    email = an_email(attachments=[{"file_name": "menu"}])

    reply = await desk.post("/messages/schedule/create", a_schedule(desk, "C0", messages={"email": email}))

    assert reply.status_code == 400
