"""Taking in what the composer sends: each part goes to its service, and one refusal keeps no other part back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from campaigns.attachments.services import attach, detach
from campaigns.brandlock import Compiled, FieldType
from campaigns.compose import services
from campaigns.compose.clashes import Clash, sentence_of, taken_of
from campaigns.compose.content import compiled_of
from campaigns.compose.forms import WhenForm
from campaigns.compose.inputs import ACT_PREFIX, changes_in, paths_of, with_value
from campaigns.compose.person_step import choose_person
from campaigns.compose.sender import PARTS
from campaigns.compose.step import ATTACHMENTS, AUDIENCE, NAME, PERSON, PREFIX, SENDER, WHEN, own_key
from campaigns.errors import NotAllowed, NotEditable, Refusal, StaleRevision, ValuesRefused
from campaigns.library.images import add_upload, fitted_to, offered_image
from campaigns.library.words import one_line
from campaigns.models import Attachment, Mailing
from groups import access
from groups.models import Audience, User
from groups.people.queries import colleagues_of
from groups.roles import Permission

UPLOAD = "upload"
ATTEMPTS = 3
"""How often a form is brought together with what others save at the very same moment."""
ATTACH, DETACH = f"{own_key(ATTACHMENTS)}.{UPLOAD}", f"{ACT_PREFIX}{own_key(ATTACHMENTS)}"


@dataclass(slots=True)
class Outcome:
    """What became of a form: `refused` maps a step to the sentence why it was not saved, `uploaded` names image fields.

    `is_ambiguous_time` tells that the chosen time comes twice on its day. `clashes` are fields that somebody else
    changed too; they were not saved. `post` is what of the form was to be saved.
    """

    mailing: Mailing
    post: QueryDict = field(default_factory=QueryDict)
    refused: dict[str, str] = field(default_factory=dict)
    uploaded: set[str] = field(default_factory=set)
    is_ambiguous_time: bool = False
    clashes: tuple[Clash, ...] = ()


def save_form(*, mailing: Mailing, post: QueryDict, files: Mapping[str, UploadedFile[Any]], actor: User) -> Outcome:
    """Saves everything that a form names and that its sender changed.

    A form that says what it was based on is brought together with what was saved since, field by field (M26); fields
    that both changed are not saved and stand in the outcome. Any other form must name the stored revision.

    Raises `StaleRevision` when such a page is older than what is stored, or somebody saves at the very same moment,
    `NotEditable` when the mailing is no draft, and `Http404` for an audience or an image that the group may not use, a
    person in whose name the actor may not write, or a file that is not the mailing's; nothing at all is saved then.
    """
    attempts = ATTEMPTS
    while True:
        attempts -= 1
        for file in files.values():
            file.seek(0)
        outcome = _merged(mailing, post, files, actor)
        try:
            return _save(outcome, files, actor)
        except StaleRevision:
            if not attempts or outcome.post is post:
                raise
            mailing.refresh_from_db()


def _merged(mailing: Mailing, post: QueryDict, files: Mapping[str, UploadedFile[Any]], actor: User) -> Outcome:
    """Gives what of a form is to be saved, beside what its sender is asked about."""
    taken = taken_of(mailing, post, files, actor)
    if taken is None:
        if post.get(own_key("revision"), "") != str(mailing.revision):
            raise StaleRevision(mailing.revision)
        return Outcome(mailing, post)
    outcome = Outcome(mailing, taken.post, clashes=taken.clashes)
    for clash in taken.clashes:
        outcome.refused[clash.step] = sentence_of(clash)
    for name in taken.moved:
        outcome.refused[name] = _(
            "These entries were changed in the meantime. Look at them, then press the button again."
        )
    return outcome


def _save(outcome: Outcome, files: Mapping[str, UploadedFile[Any]], actor: User) -> Outcome:
    mailing, post = outcome.mailing, outcome.post
    files = {name: file for name, file in files.items() if not _is_asked_about(name, outcome.clashes)}
    compiled = compiled_of(mailing.version)
    changes = changes_in(post, compiled, mailing.values, mailing.group.language)
    changes = with_checked_images(mailing, compiled, changes)
    audience, detached = _audience_in(mailing, post), _detached_in(mailing, post)
    person = _person_in(mailing, post, actor)
    name = str(post.get(own_key(NAME), mailing.name))
    if " ".join(name.split()) != mailing.name:
        try:
            services.rename(mailing=mailing, name=name, revision=mailing.revision, actor=actor)
        except (StaleRevision, NotEditable):
            raise
        except Refusal as refusal:
            outcome.refused[own_key(NAME)] = refusal.sentence
    _save_values(outcome, compiled, changes, files, actor)
    _save_sender(outcome, post, actor)
    if own_key(PERSON) in post and person != mailing.on_behalf_of:
        choose_person(mailing=mailing, person=person, actor=actor)
    if own_key(AUDIENCE) in post and audience != mailing.audience:
        _save_audience(outcome, audience, actor)
    if own_key(WHEN) in post:
        _save_time(outcome, post, actor)
    _save_attachments(outcome, files.get(ATTACH), detached, actor)
    return outcome


def _is_asked_about(name: str, clashes: Collection[Clash]) -> bool:
    return name.removesuffix(f".{UPLOAD}") in {clash.unit for clash in clashes}


def is_about_attachments(post: Mapping[str, Any], files: Mapping[str, Any]) -> bool:
    """Tells whether a form brings a file to attach or takes one off."""
    return ATTACH in files or DETACH in post


def _save_values(
    outcome: Outcome, compiled: Compiled, changes: dict[str, Any], files: Mapping[str, UploadedFile[Any]], actor: User
) -> None:
    mailing = outcome.mailing
    changes = _uploads(outcome, compiled, files, changes, actor)
    while changes:
        try:
            services.save_values(mailing=mailing, changes=changes, revision=mailing.revision, actor=actor)
        except ValuesRefused as refusal:
            named = {found.step.partition(".")[0]: found.sentence for found in refusal.findings}
            refused = {name: named.get(name, refusal.sentence) for name in changes if name in named} or dict.fromkeys(
                changes, refusal.sentence
            )
            outcome.refused |= refused
            changes = {name: value for name, value in changes.items() if name not in refused}
        else:
            return


def _uploads(
    outcome: Outcome,
    compiled: Compiled,
    files: Mapping[str, UploadedFile[Any]],
    changes: dict[str, Any],
    actor: User,
) -> dict[str, Any]:
    """Puts uploaded pictures into the group's gallery and gives the changes with the values that show them."""
    mailing = outcome.mailing
    for path, spec, stored in paths_of(compiled, {**mailing.values, **changes}, FieldType.IMAGE):
        file = files.get(f"{path}.{UPLOAD}")
        if file is None or spec.is_locked:
            continue
        value = dict(stored or {})
        try:
            if not spec.takes_uploads:
                raise NotAllowed(_("Nothing can be uploaded here. Choose a picture that is there."))
            if not access.may(actor, Permission.MANAGE_IMAGES, mailing.group):
                raise NotAllowed(_("You may not add images to this group. Choose one that is there."))
            image = add_upload(group=mailing.group, file=file, alt=str(value.get("alt", "")), actor=actor)
            if spec.ratio:
                image = fitted_to(image=image, ratio=spec.ratio, group=mailing.group, actor=actor)
        except Refusal as refusal:
            outcome.refused[path.partition(".")[0]] = refusal.sentence
            continue
        outcome.uploaded.add(path)
        changes = with_value(mailing.values, changes, path, value | {"image": str(image.pk)})
    return changes


def with_checked_images(mailing: Mailing, compiled: Compiled, changes: dict[str, Any]) -> dict[str, Any]:
    """Lets only images through that are offered to the group, or were there before; a new one brings its words (I7).

    Raises `Http404` for any other.
    """
    kept = {_image_in(value) for _path, _spec, value in paths_of(compiled, mailing.values, FieldType.IMAGE)}
    kept |= {_image_in(spec.default) for spec in compiled.fields if spec.type is FieldType.IMAGE}
    for path, _spec, value in list(paths_of(compiled, changes, FieldType.IMAGE)):
        chosen = _image_in(value)
        if not chosen or chosen in kept:
            continue
        image = offered_image(mailing.group, chosen)
        if not str(value.get("alt", "")).strip():
            changes = with_value(mailing.values, changes, path, {**value, "alt": image.alt})
    return changes


def _image_in(value: Any) -> str:
    return str(value.get("image", "")) if isinstance(value, Mapping) else ""


def _save_sender(outcome: Outcome, post: QueryDict, actor: User) -> None:
    mailing = outcome.mailing
    typed = {part: str(post[name]) for part in PARTS if (name := f"{own_key(SENDER)}.{part}") in post}
    changes = {part: text for part, text in typed.items() if one_line(text) != mailing.envelope.get(part, "")}
    if not changes:
        return
    try:
        services.save_envelope(mailing=mailing, changes=changes, actor=actor)
    except (StaleRevision, NotEditable):
        raise
    except Refusal as refusal:
        outcome.refused[own_key(SENDER)] = refusal.sentence


def _audience_in(mailing: Mailing, post: QueryDict) -> Audience | None:
    """Gives the audience that a form names; raises `Http404` for one that the group may not use."""
    chosen = str(post.get(own_key(AUDIENCE), ""))
    if not chosen or chosen == str(mailing.audience_id):
        return mailing.audience if chosen else None
    return access.get_usable(mailing.group, Audience, chosen)


def _person_in(mailing: Mailing, post: QueryDict, actor: User) -> User | None:
    """Gives the person that a form names; raises `Http404` for one in whose name the actor may not write."""
    chosen = str(post.get(own_key(PERSON), ""))
    if not chosen or chosen == str(mailing.author_id):
        return None
    if chosen == str(mailing.on_behalf_of_id):
        return mailing.on_behalf_of
    return access.one_of(colleagues_of(actor, mailing.group), chosen)


def _detached_in(mailing: Mailing, post: QueryDict) -> Attachment | None:
    """Gives the attachment that a button takes off; raises `Http404` for one that is not this mailing's."""
    verb, _dot, chosen = str(post.get(DETACH, "")).partition(".")
    if verb != "remove":
        return None
    attachment = access.get_usable(mailing.group, Attachment, chosen)
    if attachment.mailing_id != mailing.pk or attachment.removed_at is not None:
        raise Http404
    return attachment


def _save_audience(outcome: Outcome, audience: Audience | None, actor: User) -> None:
    try:
        services.choose_audience(mailing=outcome.mailing, audience=audience, actor=actor)
    except NotAllowed as refusal:
        outcome.refused[own_key(AUDIENCE)] = refusal.sentence


def _save_attachments(
    outcome: Outcome, file: UploadedFile[Any] | None, detached: Attachment | None, actor: User
) -> None:
    try:
        if detached is not None:
            detach(attachment=detached, mailing=outcome.mailing, actor=actor)
        if file is not None:
            attach(mailing=outcome.mailing, file=file, actor=actor)
    except (StaleRevision, NotEditable):
        raise
    except Refusal as refusal:
        outcome.refused[own_key(ATTACHMENTS)] = refusal.sentence


def _save_time(outcome: Outcome, post: QueryDict, actor: User) -> None:
    mailing = outcome.mailing
    form = WhenForm(post, zone=mailing.group.time_zone, prefix=PREFIX)
    is_right = form.is_valid()
    outcome.is_ambiguous_time = form.is_ambiguous
    if not is_right:
        outcome.refused[own_key(WHEN)] = form.sentence
        return
    send_at, in_local_time = form.cleaned_data["send_at"], form.cleaned_data["in_local_time"]
    try:
        if (send_at, in_local_time) != (mailing.send_at, mailing.in_local_time):
            services.choose_time(mailing=mailing, send_at=send_at, in_local_time=in_local_time, actor=actor)
        if (last_day := form.cleaned_data["last_day"]) != mailing.last_day:
            services.choose_last_day(mailing=mailing, last_day=last_day, actor=actor)
    except (StaleRevision, NotEditable):
        raise
    except Refusal as refusal:
        outcome.refused[own_key(WHEN)] = refusal.sentence
