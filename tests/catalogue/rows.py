"""The rows of the feature catalogue that tests answer for, in one line each."""

from __future__ import annotations

from typing import Final

# The template language, its rules, and images: docs/templates.md.
TEMPLATE_ROWS: Final[dict[str, str]] = {
    "T1": "Authors send field values only; HTML, foreign fields and locked parts of a forged request are refused",
    "T2": "Subject, preheader, sender's name, address and replies are preset, each locked or open",
    "T3": "A section stands by a rule over fields, group fields, audience and day",
    "T4": "The live mail stands beside the numbered steps, and shows the part in hand",
    "T5": "Locks on the whole, on a row, on a part; header and footer by themselves",
    "T6": "Content and structure are locked apart",
    "T7": "A colour, a size or an alignment can be open while the rest of the element is locked",
    "T8": "Limits on characters, with a counter; images by shape and size",
    "T9": "A field can be required, and must be changed from its placeholder",
    "T10": "Images come from chosen folders, and uploads can be switched off",
    "T11": "What is locked says so, why, and who can change it",
    "T12": "Repeated parts have a least and a most number",
    "T13": "Templates have folders, a description and a short name, shown where people choose",
    "T14": "Templates have a first and a last day; drafts of one that is over can be seen and not sent",
    "T15": "Templates are given to groups, roles and people or kept from them; to keep wins",
    "T16": "A draft is published only after a test mail of exactly that draft",
    "T17": "A new version is pushed to open drafts, values kept by name, with the difference",
    "T18": "Untouched drafts follow the template; changed ones are detached and attach again with one click",
    "T19": "Shared parts are written once, and stand live or pinned",
    "T20": "A field has guidance, a good and a bad example",
    "T21": "Look resolves from the group over its region to the brand",
    "M10": "Restricted words and patterns block, warn or ask for approval",
    "M11": "Links lead and images lie where the brand allows",
    "M12": "Alternative text, contrast, link words, size and weight are checked",
    "M13": "The unsubscribe link and the postal address can be seen in every mail",
    "M28": "Mail never comes from an address that DMARC throws away",
    "I1": "A gallery for each group, with those above it, read only",
    "I2": "Images are cropped, turned and made smaller; the old one stays",
    "I3": "Own images and those of the organisation stand apart; nothing comes from outside",
    "I4": "Folders say whether the groups below may fill them, and can be closed",
    "I5": "Hiding an image breaks no mail; files are named by their content",
    "I6": "Images are cropped to their place around a focal point, made light, and lose their metadata",
    "I7": "Every image has words; a mailing begins with them",
}

# Times, tests, and what can be stopped: docs/delivery.md.
DELIVERY_ROWS: Final[dict[str, str]] = {
    "M14": "Colleagues get the email of a delivery as a test, marked, limited, in no report; a template can demand one",
    "M17": "Mailings are scheduled, moved and taken back by their group's clock; none goes out after its last day",
    "M18": "Quiet hours, blackout dates and limits hold at every level of the tree; head office may overrule",
    "M23": "Limits on one person's mailings and on the people of each, by role",
    "M24": "What is sending is paused or stopped; a group, the brand, or every mailing of a template at once",
    "M25": "Everything is staged before anything goes out, and until shortly before it all of it can be undone",
    "A13": "Nobody gets more mail than the brand allows over all groups; who is left out is known before",
}

# Approval: docs/review.md.
REVIEW_ROWS: Final[dict[str, str]] = {
    "M2": "None, one or two levels, n of m, by brand, group, template, size and kind of change; the strictest counts",
    "M3": "Never by the author, in no guise; an approval is void when anything that it covers changes",
    "M4": "Who approves sees what differs from the template, and on a second round what changed since their last look",
    "M5": "The nearest people are told with a link, and those who can be are approved several at once",
    "M6": "Sent back with a reason only, typed or chosen; a note and a sign of urgency go along; the thread stays",
    "M7": "The author takes a mailing back at either level, and from Braze",
    "M8": "Nothing goes out late: reminder, a word to the next group above, and in the end it expires",
    "M9": "Comments on fields, with mentions, answers, and settled ones folded away",
}

# People, rights and the trail of what they did: docs/people.md.
PEOPLE_ROWS: Final[dict[str, str]] = {
    "G1": "Groups own their audiences, images and mailings; nothing of one is seen by another",
    "G2": "A role per group; somebody in several groups changes between them",
    "G3": "Roles are bundles of rights that the brand edits; nobody gives more than they hold",
    "G4": "A tree of five levels; settings, images, templates and roles hold downward; groups are moved and closed",
    "G5": "Fields that the brand gives its groups, with defaults at any level; a missing one stops the send",
    "G6": "Fields that the brand gives its people; a mail goes in its author's name or a colleague's of a shared group",
    "G7": "Sign-in by password and second factor, by the company's own sign-in, and from its directory",
    "G8": "People come from a file: looked at first, all or nothing, each bad line named",
    "G9": "Features are switched off for a group and those below it, for everybody there",
    "G10": "Roles that only read, only see reports or only review",
    "G11": "An admin acts as a member under a banner, with what both may do, and leaves a trace",
    "A8": "Exporting a list is a right of its own; who took which list and how many people is recorded",
    "P4": "Exporting recipients is a right of its own and recorded; everybody stands there with what became of them",
    "M27": "An audit trail that is only added to, sealed, verified and exported",
}

# The pages of mailings: docs/mailings.md.
MAILING_ROWS: Final[dict[str, str]] = {
    "M1": "The list of mailings: states, filters, search, folders, duplicate, several moved or deleted at once",
    "P1": "Delivered, opens, clicks, bounces, unsubscribes and spam reports stand in the list; no data is not zero",
    "P2": "Better and worse than the group's other mailings in colour and words, explained on hover and on focus",
}

# A brand's look, domain and languages: docs/brand.md.
BRAND_ROWS: Final[dict[str, str]] = {
    "G12": "Each brand has its logo, colours, pictures, domain and languages, looked at before they are in use",
}

# Writing a mailing: docs/composer.md.
COMPOSER_ROWS: Final[dict[str, str]] = {
    "M15": "The mail is looked at as a contact of its list, and in the worst case",
    "M16": "Before it goes, everything that stands in the way leads to its step; who is left out is counted by reason",
    "M26": "Saves itself, undoes, shows who is here, merges by field, asks at a clash; what it held before comes back",
}

# The calendar: docs/calendar.md.
CALENDAR_ROWS: Final[dict[str, str]] = {
    "M19": "A calendar of the group and of the network; a warning where too many people have another mailing near",
}

# Files of contacts: docs/imports.md.
IMPORT_ROWS: Final[dict[str, str]] = {
    "A1": "CSV, TSV and XLSX come in; headers are matched, and what somebody chose is proposed the next time",
    "A2": "Only what the brand allows is imported; other columns are named and left out",
    "A3": "An import can be tried, runs once, and ends with counts, a message, and rejects that can be mended",
    "A4": "People and lists are added, removed, searched and deleted; a list names the mailings that still go to it",
    "A5": "Replacing a list is a right of its own, shows the difference, asks on a large drop, and can be undone",
    "A14": "Large imports are asked about and told; the first big mailing of a group is approved by somebody else",
    "A16": "Where, when and to which words people agreed is kept with each of them; the statement is in the trail",
}

# Whom mailings go to: docs/filters.md.
FILTER_ROWS: Final[dict[str, str]] = {
    "A6": "Head office assigns Braze segments; each call is narrowed to the group, and sizes are kept for good",
    "A7": "Filters by all and any over allowed attributes, counted live, never beyond the group's own contacts",
}

# Suppressions, the unsubscribe page, and whose mail a person gets: docs/consent.md.
CONSENT_ROWS: Final[dict[str, str]] = {
    "A9": "A brand keeps no contacts here: after Braze has them only ID, keyed hash of the address and consent stay",
    "A10": "The unsubscribe page asks for this store or the brand; one click is the brand; head office offers no store",
    "A11": "Complaints and hard bounces count everywhere at once, unsubscribes by policy; the origin of each is kept",
    "A12": "On lists of two groups one gets one mail a day: of their own group, the one visited last, or by a hash",
    "A15": "A group keeps a list from those above it: they see how many are on it, and nowhere who",
}

# One template for many groups: docs/rollouts.md.
ROLLOUT_ROWS: Final[dict[str, str]] = {
    "M20": "Head office hands out tasks with a fixed time and offers for free use; seen from, begins, pauses, ends",
    "M21": "Groups fill in what is open or opt out until a cut-off; one that says nothing sends the common text",
    "M22": "One parent, a mailing for each group from its own sender and fields, one approval, a result for each",
}

# What happened, of a group, a network, a template: docs/reports.md.
REPORT_ROWS: Final[dict[str, str]] = {
    "P3": "Active people, mailings of each group, time in review and use of templates; each person once a month",
    "P6": "A network's four weeks: clicks, lists, best mailing, best location, down the tree as far as one sees",
    "P7": "Groups ranked by what they made of a template, with samples; the best subjects that groups wrote",
    "P8": "Silent groups are named and nudged, their own authors alone, once a week, and it is recorded",
    "P9": "Clicks rank; opens are marked uncertain and never do; too small a sample has no rank",
    "P10": "The mails that each group handed over, by month, as a file without a price",
}

# What programs do: docs/api.md.
API_ROWS: Final[dict[str, str]] = {
    "X6": "Programs do what people do by one documented API, by tokens that never may more than their person; webhooks",
}

PAGES: Final[dict[str, dict[str, str]]] = {
    "templates.md": TEMPLATE_ROWS,
    "delivery.md": DELIVERY_ROWS,
    "review.md": REVIEW_ROWS,
    "people.md": PEOPLE_ROWS,
    "mailings.md": MAILING_ROWS,
    "composer.md": COMPOSER_ROWS,
    "calendar.md": CALENDAR_ROWS,
    "brand.md": BRAND_ROWS,
    "imports.md": IMPORT_ROWS,
    "filters.md": FILTER_ROWS,
    "consent.md": CONSENT_ROWS,
    "rollouts.md": ROLLOUT_ROWS,
    "reports.md": REPORT_ROWS,
    "api.md": API_ROWS,
}
ROWS: Final = {row: sentence for rows in PAGES.values() for row, sentence in rows.items()}
