"""Changing what a brand demands of its mailings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.brandlock.restricted import as_compared
from campaigns.errors import Refusal
from campaigns.library.words import one_line
from campaigns.models import RestrictedWord, RuleLevel
from campaigns.rules.liquid import tags_of
from campaigns.rules.patterns import problem_of
from groups.audit import record
from groups.models import Brand, User

WORD_CHARACTERS = 200
REASON_CHARACTERS = 200
MOST_WORDS = 500


def add_word(
    *, brand: Brand, text: str, is_pattern: bool, level: RuleLevel, reason: str, actor: User | None
) -> RestrictedWord:
    """Restricts a word, a few words or a regular expression in every mailing of a brand, drafts that exist included.

    Raises `Refusal` for nothing that can be found, for a pattern that cannot be read or could take long, and for what
    is restricted already.
    """
    text = text.strip() if is_pattern else one_line(text)
    compared = text if is_pattern else as_compared(text)
    if not compared or len(text) > WORD_CHARACTERS or len(compared) > 2 * WORD_CHARACTERS:
        raise Refusal(_("Write the word that authors should not use, in at most 200 characters."))
    if is_pattern and (problem := problem_of(text)):
        raise Refusal(problem)
    try:
        with transaction.atomic():
            if brand.restricted_words.count() >= MOST_WORDS:
                raise Refusal(_("A brand restricts at most 500 words. Remove one, or put several into one pattern."))
            word = RestrictedWord.objects.create(
                brand=brand,
                text=text,
                compared=compared,
                is_pattern=is_pattern,
                level=level,
                reason=one_line(reason)[:REASON_CHARACTERS],
                created_by=actor,
            )
            record("rules.word_added", actor=actor, brand=brand, target=word, text=text, level=str(level))
    except IntegrityError as error:
        raise Refusal(_("“%(text)s” is restricted already. Remove it first to change it.") % {"text": text}) from error
    return word


def remove_word(*, word: RestrictedWord, actor: User) -> None:
    """Lifts a restriction; once it is gone, removing it again changes nothing."""
    with transaction.atomic():
        removed, _rows = RestrictedWord.objects.filter(pk=word.pk).delete()
        if removed:
            record("rules.word_removed", actor=actor, brand=word.brand, target=word, text=word.text, level=word.level)


def save_domains(
    *,
    brand: Brand,
    link_domains: Sequence[str],
    image_domains: Sequence[str],
    mail_domains: Sequence[str],
    actor: User | None,
) -> None:
    """Says where links may lead, where pictures may lie, and whom mail may come from; an empty list allows all."""
    lists = {
        "link_domains": list(link_domains),
        "image_domains": list(image_domains),
        "mail_domains": list(mail_domains),
    }
    with transaction.atomic():
        before = _locked(brand, *lists)
        Brand.objects.filter(pk=brand.pk).update(**lists)
        record(
            "rules.domains_changed",
            actor=actor,
            brand=brand,
            target=brand,
            before=before,
            after=lists,
            link_domains=", ".join(link_domains),
            image_domains=", ".join(image_domains),
            mail_domains=", ".join(mail_domains),
        )
    brand.refresh_from_db(fields=list(lists))


def save_liquid(*, brand: Brand, names: Iterable[str], actor: User) -> None:
    """Says which Liquid templates may hold, by the names of `liquid.CHOICES`; published versions stay as they are."""
    tags = tags_of(names)
    with transaction.atomic():
        before = _locked(brand, "liquid_tags")
        Brand.objects.filter(pk=brand.pk).update(liquid_tags=tags)
        record(
            "rules.liquid_changed",
            actor=actor,
            brand=brand,
            target=brand,
            before=before,
            after={"liquid_tags": tags},
            tags=", ".join(tags),
        )
    brand.refresh_from_db(fields=["liquid_tags"])


def _locked(brand: Brand, *names: str) -> dict[str, list[str]]:
    """Gives lists of a brand as they stand, which nobody else changes until the transaction ends."""
    row = Brand.objects.select_for_update(no_key=True).values(*names).get(pk=brand.pk)
    return {name: list(row[name]) for name in names}
