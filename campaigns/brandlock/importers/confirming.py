"""Confirmed proposals written into a source: marks behind the names of tags, one link led out, and no other byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from braze_client.liquid import contains_liquid
from campaigns.brandlock.fields import FieldType
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.resolve import NAME
from campaigns.brandlock.rules import spoken
from campaigns.brandlock.source import Kind, read
from campaigns.brandlock.tokens import UNSUBSCRIBE_URL

from .naming import Names
from .plain import Proposal, propose
from .rewrite import Rewrite


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposal as the brand manager confirms it; `start` names the proposal, the rest is free where it is free."""

    start: int
    type: str = ""
    name: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A source with the choices in it, or the source as it was and what is wrong with the choices.

    The `field` of a finding is the `start` of its choice.
    """

    source: str
    findings: tuple[Finding, ...] = ()


def confirm(source: str, *, kind: str, choices: Sequence[Choice]) -> Confirmed:
    """Writes choices into the source that they were proposed for; all of them, or none where one is wrong.

    Nothing is raised. Taking the written marks away again gives the source back, byte for byte.
    """
    proposed = {proposal.start: proposal for proposal in propose(source, kind=kind).proposals}
    document = read(source, Kind(kind))
    names = Names(document).taken
    findings: list[Finding] = []
    chosen: dict[int, Choice] = {}
    for choice in choices:
        proposal = proposed.get(choice.start)
        if proposal is None or choice.start in chosen:
            message = sentence("This place is not proposed any more. Reload the page and choose again.")
            findings.append(Finding("not_proposed", message, field=str(choice.start)))
        elif not proposal.is_link:
            findings += _problems(proposal, choice, names)
            names.add(choice.name)
        chosen[choice.start] = choice
    if findings:
        return Confirmed(source, tuple(findings))
    rewrite = Rewrite(source)
    for element in document.elements:
        choice_here = chosen.get(element.start)
        if choice_here is None:
            continue
        href = element.attribute("href")
        if not proposed[element.start].is_link:
            rewrite.mark(element, marks_of(proposed[element.start], choice_here))
        elif href is not None:
            rewrite.fill(href, f"[[{UNSUBSCRIBE_URL}]]")
    return Confirmed(rewrite.result()[0])


def marks_of(proposal: Proposal, choice: Choice) -> dict[str, str]:
    """Returns the marks that a choice writes."""
    marks = {"data-field": choice.name, "data-type": choice.type, "data-label": choice.label or spoken(choice.name)}
    return marks | (dict(proposal.styles) if choice.type == FieldType.TEXT else {})


def _problems(proposal: Proposal, choice: Choice, names: set[str]) -> list[Finding]:
    found: list[tuple[str, str]] = []
    if proposal.is_fixed:
        if choice.name != proposal.name:
            found.append(("bad_name", sentence("The name of this field is %(wanted)s and stays so.")))
    elif NAME.fullmatch(choice.name) is None:
        message = sentence("%(name)s cannot be a name: use a to z, 0 to 9 and _, beginning with a letter.")
        found.append(("bad_name", message))
    elif choice.name in names:
        found.append(("duplicate_name", sentence("The name %(name)s is taken. Choose another one.")))
    if choice.type not in proposal.types:
        found.append(("unknown_type", sentence("%(name)s cannot be of this type here. Choose one of: %(types)s.")))
    if contains_liquid(choice.label):
        found.append(("bad_label", sentence("Braces of Liquid cannot stand in a label. Write words.")))
    params = {
        "name": choice.name or '""',
        "wanted": proposal.name,
        "types": ", ".join(kind.value for kind in proposal.types),
    }
    return [Finding(code, message, field=str(choice.start), params=params) for code, message in found]
