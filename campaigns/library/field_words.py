"""The words by which brand managers read marks and types of the template language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campaigns.brandlock import FieldType, Lock

UPLOAD = "data-upload"
LABELS = {
    "data-type": _("Type"),
    "data-label": _("Label"),
    "data-help": _("Guidance"),
    "data-good": _("A good example"),
    "data-bad": _("An example to avoid"),
    "data-default": _("Value to begin with"),
    "data-required": _("Required"),
    "data-must-change": _("Must be changed"),
    "data-min": _("At least"),
    "data-max": _("At most"),
    "data-pattern": _("Pattern"),
    "data-options": _("Approved values"),
    "data-attribute": _("Attribute or style that it fills"),
    "data-formats": _("Formats"),
    "data-decimals": _("Digits after the point"),
    "data-currency": _("Currency"),
    "data-format": _("How a date is written"),
    "data-folders": _("Image folders"),
    UPLOAD: _("Uploads"),
    "data-ratio": _("Shape"),
    "data-size": _("Exact size"),
    "data-min-size": _("Smallest size"),
    "data-max-size": _("Largest size"),
    "data-domains": _("Sites that links may lead to"),
    "data-link-style": _("Style of links"),
    "data-paragraph-style": _("Style of paragraphs"),
    "data-list-style": _("Style of lists"),
    "data-pinned": _("Stays as it is when published"),
    "data-section-label": _("Label"),
    "data-section-help": _("Guidance"),
    "data-optional": _("Can be left out"),
    "data-if": _("Stands if"),
    "data-choose": _("Variant of the choice"),
    "data-lock": _("What is locked"),
    "data-reason": _("Why it is locked"),
}
TYPE_LABELS = {
    FieldType.LINE: _("A line"),
    FieldType.TEXT: _("Rich text"),
    FieldType.IMAGE: _("Picture"),
    FieldType.BUTTON: _("Button"),
    FieldType.CHOICE: _("One of approved values"),
    FieldType.DATE: _("Date"),
    FieldType.TIME: _("Time"),
    FieldType.NUMBER: _("Number"),
    FieldType.PRICE: _("Price"),
    FieldType.PHONE: _("Telephone number"),
    FieldType.COLOR: _("Colour"),
    FieldType.SNIPPET: _("Shared part"),
}
LOCKS = (
    ("", _("As marked: fields are open, the rest is locked")),
    (Lock.CONTENT.value, _("The words; authors may move it or leave it out")),
    (Lock.STRUCTURE.value, _("Its place and that it stands; its fields are open")),
    (Lock.NONE.value, _("Nothing; authors may move it, leave it out and fill it in")),
)
