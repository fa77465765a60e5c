"""The pages about mail: the inbox, one message, the page behind a subscription link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from braze_client.sandbox.messages import Message, RenderedMessage
from braze_client.sandbox.pages.layout import moment, notice, page_of, pager, search_form

ROUTES = {"schedule": "Scheduled", "send": "Immediate", "trigger": "Triggered"}


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures above the list."""

    messages: int
    people: int
    waiting: int
    unsent: int


def inbox_page(shown: Sequence[Message], totals: Totals, *, search: str, page: int, page_count: int) -> str:
    """Returns the list of the newest messages; the first page without a search renews itself."""
    rows = "".join(_row(message) for message in shown)
    if rows:
        listing = (
            '<div class="card"><table><thead><tr><th scope="col">Recipient</th><th scope="col">Subject</th>'
            '<th scope="col">From</th><th scope="col">Variation</th><th scope="col">Route</th>'
            f'<th scope="col">Sent (UTC)</th></tr></thead><tbody>{rows}</tbody></table></div>'
        )
    else:
        hint = "Nothing matches this search." if search else "Messages appear here as soon as a schedule comes due."
        listing = f'<div class="card empty"><strong>No messages</strong>{hint}</div>'
    unsent = (
        f'<li class="warn"><strong>{totals.unsent:,}</strong>not sent (<a href="/ledger.json">why</a>)</li>'
        if totals.unsent
        else ""
    )
    figures = (
        f'<ul class="totals"><li><strong>{totals.messages:,}</strong>messages</li>'
        f"<li><strong>{totals.people:,}</strong>people</li>"
        f"<li><strong>{totals.waiting:,}</strong>schedules waiting</li>{unsent}</ul>"
    )
    form = search_form("/inbox", search, "Address, subject, external ID or variation ID")
    is_live = not search and page == 1
    return page_of(
        "Inbox", figures + form + listing + pager("/inbox", search, page, page_count), room="/inbox", is_live=is_live
    )


def message_page(message: Message, rendered: RenderedMessage) -> str:
    """Returns one message: its envelope, its HTML in a closed frame, its text part."""
    mailing = message.mailing
    envelope = [
        ("To", f"{message.email} ({message.external_id or 'no external ID'})"),
        ("From", rendered.sender),
        ("Reply-To", rendered.reply_to),
        ("Preheader", rendered.preheader),
        ("Sent", moment(mailing.sent_at) + " UTC"),
        ("Route", ROUTES[mailing.route]),
        ("Campaign ID", mailing.campaign_id),
        ("Message variation ID", mailing.content.variation_id),
        ("Send ID", mailing.send_id),
        ("Dispatch ID", mailing.dispatch_id),
        ("Schedule ID", mailing.schedule_id),
        *rendered.headers,
    ]
    envelope += [("Attachment", f"{name}: {url}") for name, url in mailing.content.attachments]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in envelope if value)
    # Links of the mail open beside the page, never in its place.
    source = escape('<base target="_blank">' + rendered.body)
    frame = (
        '<iframe title="The message as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        f'srcdoc="{source}"></iframe>'
    )
    text = escape(rendered.plaintext) or "Braze makes the text part from the HTML when none is given."
    return page_of(
        rendered.subject,
        f'<p><a href="/inbox">Inbox</a></p><h1>{escape(rendered.subject)}</h1><div class="card"><dl>{rows}</dl></div>'
        f'<h2>HTML</h2><div class="card">{frame}</div><h2>Plain text</h2><div class="card"><pre>{text}</pre></div>',
    )


def broken_page(message: Message, reason: str) -> str:
    """Returns the page of a message whose Liquid does not render for its person."""
    return notice(f"This message does not render for {message.email}", reason)


def missing_page() -> str:
    """Returns the page for a message that is not there."""
    return notice(
        "No such message",
        "Nothing has this number: without a state file the sandbox forgets everything when it is started again.",
    )


def consent_page(email: str, state: str) -> str:
    """Returns the page behind Braze's subscription links."""
    return notice(f"{email} is now {state}", "This stands for the page that Braze shows behind its own link.")


def _row(message: Message) -> str:
    mailing = message.mailing
    variation = escape(mailing.content.variation_id or "none")
    sender, _, address = mailing.content.sender.removesuffix(">").rpartition(" <")
    return (
        f"<tr><td>{escape(message.email)}<small>{escape(message.external_id or '')}</small></td>"
        f'<td><a href="/inbox/{message.number}">{escape(message.subject) or "(no subject)"}</a></td>'
        f"<td>{escape(sender)}<small>{escape(address)}</small></td>"
        f'<td><code title="{variation}">{variation}</code></td>'
        f'<td><span class="tag">{ROUTES[mailing.route]}</span></td>'
        f"<td><time>{moment(mailing.sent_at)}</time></td></tr>"
    )
