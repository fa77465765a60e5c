"""What the demo's brands are made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from campaigns.models import Route, RuleLevel, SourceKind
from groups.models import AttributeKind
from groups.roles import Role

FOLDER = Path(__file__).resolve().parent
PASSWORD = "northwind-demo"  # a demo sign-in, printed at every start

APP_ID = "2f1c0d0e-52f0-4f3a-9a43-5d0d6d6f7a01"
CAMPAIGN_ID = "7be0d2a4-3c7d-4f4e-8a6b-1f2c1b6f0a02"
VARIATION_ID = "c90f3f6c-0c0e-4f0a-b7b1-6b6b1a8e0a03"
TRIGGER_CAMPAIGN_ID = "5a1d9a77-8d1b-4a30-9f0e-3f4c6c2b0a04"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A demo sign-in: the role is held on the group with this code (the brand's slug is the code of its own group)."""

    name: str
    email: str
    role: Role
    group: str


@dataclass(frozen=True, slots=True)
class DemoTemplate:
    """A template that ships with the demo."""

    slug: str
    name: str
    description: str
    file: str
    kind: SourceKind
    route: Route = Route.SCHEDULE
    takes_attachments: bool = False


LOOKS = {
    "northwind": {
        "logo": "brands/northwind.png",
        "favicon": "brands/northwind-icon.png",
        "sign_in_picture": "images/hero_event.jpg",
    },
    "harbor": {"logo": "brands/harbor.png"},
}

PEOPLE = (
    DemoPerson("Lou Marsh", "author@northwind.example", Role.LOCAL_AUTHOR, "US-001"),
    DemoPerson("Sam Reyes", "sender@northwind.example", Role.LOCAL_SENDER, "US-001"),
    DemoPerson("Ana Petit", "approver@northwind.example", Role.APPROVER, "US-001"),
    DemoPerson("Rae Winters", "regional@northwind.example", Role.REGIONAL_MANAGER, "americas"),
    DemoPerson("Mika Dahl", "manager@northwind.example", Role.BRAND_MANAGER, "northwind"),
    DemoPerson("Ade Okoro", "admin@northwind.example", Role.ADMIN, "northwind"),
)
HARBOR_PEOPLE = (DemoPerson("Noor Finch", "author@harbor.example", Role.LOCAL_SENDER, "HB-001"),)

ROLE_NOTES = {
    Role.LOCAL_AUTHOR: _("writes mailings of one store and submits them"),
    Role.LOCAL_SENDER: _("writes and sends mailings of one store"),
    Role.APPROVER: _("approves the mailings of one store"),
    Role.REGIONAL_MANAGER: _("runs a region: invites people, reviews and approves"),
    Role.BRAND_MANAGER: _("makes templates and sees every group"),
    Role.ADMIN: _("connects Braze, keeps people, groups and roles"),
}

TEMPLATES = (
    DemoTemplate(
        "event-invitation",
        "Event invitation",
        "Invite your regulars: a picture, a date, a button, and an offer if you have one.",
        "event_invitation.mjml",
        SourceKind.MJML,
        takes_attachments=True,
    ),
    DemoTemplate(
        "monthly-news",
        "Monthly news",
        "One lead story, two short ones, and a tip from the bar.",
        "monthly_news.mjml",
        SourceKind.MJML,
    ),
    DemoTemplate(
        "weekly-offers",
        "Weekly offers",
        "One to four offers with picture and price, an opening of your choice, and your hours.",
        "weekly_offers.mjml",
        SourceKind.MJML,
    ),
    DemoTemplate(
        "short-notice",
        "Short notice",
        "Changed hours, a closed road, a full house: three sentences. Braze holds this mail.",
        "short_notice.html",
        SourceKind.HTML,
        Route.TRIGGER,
    ),
)

OFFERS_FOLDER = "Offers"


@dataclass(frozen=True, slots=True)
class DemoImage:
    """A picture of the brand's gallery; its name is what templates begin with, `folder` the name of its folder."""

    name: str
    file: str
    alt: str
    folder: str = ""


IMAGES = (
    DemoImage("hero_event", "hero_event.jpg", "A barista pours a cup of filter coffee by a sunny window"),
    DemoImage("offer_beans", "offer_beans.jpg", "A bag of freshly roasted beans", OFFERS_FOLDER),
    DemoImage("hero_news", "hero_news.jpg", "Green coffee runs through two hands into a sack"),
)


@dataclass(frozen=True, slots=True)
class DemoSnippet:
    """A part that the demo's templates share."""

    name: str
    label: str
    source: str


SNIPPETS = (
    DemoSnippet(
        "small_print",
        "While stocks last",
        "While stocks last, at [[group.name]]. Prices include tax. Ask us about what is in it: [[group.phone]].",
    ),
)


@dataclass(frozen=True, slots=True)
class DemoAttribute:
    """An attribute that the demo's files may bring; merge tags have a fallback and a sample."""

    name: str
    label: str
    kind: AttributeKind
    braze_name: str
    liquid_name: str
    is_custom: bool = False
    is_merge_tag: bool = False
    fallback: str = ""
    sample: str = ""
    is_target: bool = False


@dataclass(frozen=True, slots=True)
class DemoWord:
    """A word that the demo's brand restricts."""

    text: str
    level: RuleLevel
    reason: str
    is_pattern: bool = False


RESTRICTED_WORDS = (
    DemoWord("guaranteed", RuleLevel.BLOCK, "We promise nothing that we cannot keep. Say what people get instead."),
    DemoWord(
        r"\b[A-Z]{2}[0-9]{2}[0-9 ]{11,30}\b",
        RuleLevel.BLOCK,
        "Bank details never travel in emails. Link to the page that has them.",
        is_pattern=True,
    ),
    DemoWord("free refill", RuleLevel.APPROVE, "The head office has to know of every giveaway."),
    DemoWord("cheap", RuleLevel.WARN, "Our coffee is good value. Say it like that."),
)
IMAGE_DOMAINS = ("northwind.example",)
MAIL_DOMAINS = ("northwind.example",)

_TEXT, _DATE = AttributeKind.TEXT, AttributeKind.DATE
ATTRIBUTES = (
    DemoAttribute("first_name", "First name", _TEXT, "first_name", "first_name", False, True, "there", "Alex"),
    DemoAttribute("last_name", "Last name", _TEXT, "last_name", "last_name"),
    DemoAttribute("city", "City", _TEXT, "home_city", "city", False, True, "your town", "Portland", True),
    DemoAttribute("language", "Language", _TEXT, "language", "language", is_target=True),
    DemoAttribute("time_zone", "Time zone", _TEXT, "time_zone", "time_zone"),
    DemoAttribute("birthday", "Birthday", _DATE, "dob", "date_of_birth"),
    DemoAttribute(
        "loyalty_tier", "Loyalty tier", _TEXT, "loyalty_tier", "loyalty_tier", True, True, "guest", "gold", True
    ),
    DemoAttribute("last_visit", "Last visit", _DATE, "last_visit", "last_visit", True, is_target=True),
)
