"""One thing of every kind that an address or a form can name, by its name there: those of a brand and of a group."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias
from zlib import crc32

from allauth.usersessions.models import UserSession
from django.utils import timezone

from campaigns.library import folders, images
from campaigns.library.publishing import publish_version
from campaigns.library.snippets import add_snippet
from campaigns.mailings.services import add_folder as add_mailing_folder
from campaigns.models import (
    Attachment,
    Batch,
    Delivery,
    Demand,
    EventState,
    GroupStanding,
    Mailing,
    Route,
    RuleLevel,
    Snapshot,
    SourceKind,
    Template,
    WebhookEvent,
    WebhookKind,
)
from campaigns.review import commenting
from campaigns.rules.reviewing import add_reason
from campaigns.rules.services import add_word
from campaigns.schedule.services import add_blackout
from campaigns.webhooks import services
from groups.api.tokens import create_token as create_api_token
from groups.erasing.holders import Leftover
from groups.models import (
    Attribute,
    Brand,
    BreakGlassAdmin,
    Erasure,
    ErasureState,
    Group,
    GroupFieldKind,
    ImportMode,
    ImportState,
    LookDraft,
    Membership,
    Notice,
    SingleSignOn,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    User,
    UserFieldKind,
)
from groups.people.delegation import delegate
from groups.people.fields import add_field as add_user_field
from groups.people.invitation_mail import digest_of
from groups.people.invitations import invite
from groups.people.roles import create_role, role_of
from groups.roles import Permission, Role
from groups.signin.scim.tokens import create_token
from groups.tree.fields import add_field
from tests.builders import PASSWORD, a_contact, a_membership, an_audience, an_import, root_group
from tests.campaigns.builders import SOURCE, a_template
from tests.campaigns.library.sources import a_picture_file
from tests.campaigns.review.builders import a_rule
from tests.groups.audiences.filters.builders import a_filter
from tests.matrix.mailings import IN_TEN_DAYS, mailings_of, reviews_of
from tests.matrix.rollouts import rollouts_of
from tests.sandbox_server import RunningSandbox

Things: TypeAlias = dict[str, Any]
WITH_PHOTO = SOURCE.replace(
    "    </mj-column>",
    '      <mj-image data-field="photo" data-type="image" data-label="Photo" />\n    </mj-column>',
    1,
)


def things_of_brand(brand: Brand, sandbox: RunningSandbox) -> Things:
    """Gives the things of a brand as a whole."""
    root = root_group(brand)
    admin = _service_person("admin", brand, root, Role.ADMIN)
    manager = _service_person("manager", brand, root, Role.BRAND_MANAGER)
    template = a_template(brand=brand, source=WITH_PHOTO)
    old = template.current
    publish_version(
        template=template,
        source=WITH_PHOTO.replace("A new roast", "A roast"),
        kind=SourceKind.MJML,
        actor=None,
        tested=False,
    )
    template.refresh_from_db()
    recalled = a_template(brand=brand, slug="recalled")
    Template.objects.filter(pk=recalled.pk).update(
        recalled_at=timezone.now(), recall_reason="A wrong price", route=Route.TRIGGER
    )
    token, _text = create_token(
        brand=brand, actor=admin, name="Entra", roles=[], email_domains=[f"{brand.slug}.example"]
    )
    SingleSignOn.objects.create(
        brand=brand, issuer="https://id.example", client_secret="s", email_domains=["x.example"]
    )
    BreakGlassAdmin.objects.create(brand=brand, user=admin)
    LookDraft.objects.create(brand=brand, accent_color="#334455")
    own_role = create_role(brand=brand, name="Reader", permissions=[Permission.SEE_MAILINGS], actor=admin)
    webhook, _secret = services.add_webhook(
        brand=brand, url="https://example.com/events", kinds=[WebhookKind.MAILING], actor=admin
    )
    event = services.send_test(webhook=webhook, actor=admin)
    WebhookEvent.objects.filter(pk=event.pk).update(state=EventState.DELIVERED)
    return {
        "brand": brand,
        "admin": admin,
        "manager": manager,
        "break_glass": admin.pk,
        "root": root.pk,
        "endpoint": sandbox.url,
        "segment": next(iter(sandbox.state.segments.values())).segment_id,
        "template": template,
        "old_version": old,
        "template_id": template.pk,
        "recalled": recalled.pk,
        "version_id": template.current_id,
        "field": "headline",
        "snippet_id": add_snippet(brand=brand, name="footer", label="Footer", source="Footer", actor=None).snippet_id,
        "attribute_id": brand.attributes.get(name="points").pk,
        "target": _target_of(brand).name,
        "word_id": add_word(
            brand=brand, text="guaranteed", is_pattern=False, level=RuleLevel.WARN, reason="", actor=None
        ).pk,
        "rule_id": a_rule(brand, Demand.ONE_LEVEL, larger_than=90_000_000).pk,
        "reason_id": add_reason(brand=brand, text="Too long.", actor=manager).pk,
        "role_id": own_role.pk,
        "role_key": own_role.key,
        **{f"role_{role}": role_of(brand, role).pk for role in Role},
        "token_id": token.pk,
        "field_id": add_field(
            brand=brand, key="hours", label="Opening hours", kind=GroupFieldKind.TEXT, is_local=True, actor=admin
        ).pk,
        "erasure_id": _an_erasure(brand, admin).pk,
        "user_field_id": add_user_field(
            brand=brand, key="licence", label="Licence number", kind=UserFieldKind.TEXT, is_local=True, actor=admin
        ).pk,
        "webhook_id": webhook.pk,
        "event_id": event.pk,
        "in_ten_days": (timezone.now() + IN_TEN_DAYS).date().isoformat(),
    }


def _target_of(brand: Brand) -> Attribute:
    """Gives an attribute that filters of this brand may use, and those of no other."""
    name = f"target_{crc32(brand.slug.encode())}"
    return Attribute.objects.create(
        brand=brand, name=name, label="Target", braze_name=name, liquid_name=name, is_custom=True, is_target=True
    )


def _snapshot_of(mailing: Mailing) -> Snapshot:
    """Gives what a draft held before, under another name."""
    now = timezone.now()
    return Snapshot.objects.create(
        mailing=mailing,
        version=mailing.version,
        author=mailing.author,
        revision=mailing.revision,
        name="Before",
        values=mailing.values,
        changed=["headline"],
        begun_at=now,
        ended_at=now,
    )


def things_of_group(group: Group, of_brand: Things) -> Things:
    """Gives the things of a group, and of the people in it."""
    admin: User = of_brand["admin"]
    author = _service_person("author", group.brand, group, Role.LOCAL_SENDER)
    approver = _service_person("approver", group.brand, group, Role.APPROVER)
    colleague = _service_person("colleague", group.brand, group, Role.READ_ONLY)
    audience = an_audience(group=group, name=f"Regulars of {group.code}", contacts=3)
    segment = an_audience(group=group, name=f"Loyal people of {group.code}", segment_id=f"segment-{group.code}")
    contact = audience.members.first().contact
    contact.token = f"token-{group.code.lower()}"
    contact.save(update_fields=["token"])
    folder = folders.create_folder(group=group, name=f"Spring of {group.code}", locals_may_upload=True, actor=admin)
    image = images.add_image(
        group=group,
        data=_picture_of(group),
        file_name="bar.jpg",
        alt=f"Bar of {group.code}",
        actor=author,
        folder=folder,
    )
    invitation = invite(
        group=group,
        email=f"late-{group.code}@northwind.example",
        name="",
        role=role_of(group.brand, "read_only"),
        actor=admin,
    )
    invitation.secret_sha256 = digest_of(f"secret-{group.code}")
    invitation.save(update_fields=["secret_sha256"])
    membership = Membership.objects.get(user=colleague, group=group)
    lent = delegate(
        membership=Membership.objects.get(user=author, group=group),
        to=approver,
        until=timezone.now() + IN_TEN_DAYS,
        actor=author,
    )
    failed = an_import("external_id,email\nF1,f1@example.com\n", group=group, actor=author, name="Failed")
    failed.state = ImportState.FAILED
    failed.save(update_fields=["state"])
    checked = an_import("external_id,email\nK1,k1@example.com\n", group=group, actor=author, name="Checked")
    replaced = an_import("external_id,email\nK2,k2@example.com\n", group=group, actor=author, name="Replaced")
    type(checked).objects.filter(pk=checked.pk).update(state=ImportState.CHECKED)
    type(replaced).objects.filter(pk=replaced.pk).update(
        state=ImportState.DONE, mode=ImportMode.REPLACE, finished_at=timezone.now()
    )
    spare_list = an_audience(group=group, name="Spare", contacts=1)
    mailings = mailings_of(group, author, audience, of_brand)
    pictured = {**mailings["pictured"].values, "photo": {"image": str(image.pk), "alt": image.alt}}
    Mailing.objects.filter(pk=mailings["pictured"].pk).update(values=pictured)
    waiting, approved = reviews_of(mailings["waiting"], mailings["approved"], author, approver)
    attachment = Attachment.objects.create(
        mailing=mailings["attached"],
        file_name="menu",
        uploaded_by=author,
        extension="jpg",
        content_type="image/jpeg",
        file=image.file.name,
        sha256=image.sha256,
        size_bytes=image.size_bytes,
        token=f"attachment-{group.code.lower()}",
    )
    notice = Notice.objects.create(
        person=author,
        brand=group.brand,
        group=group,
        kind="review.decided",
        about=f"mailing:{mailings['draft'].pk}",
        parameters={"mailing": "draft", "decider": "Ana", "state": "approved"},
        path="/notices/settings/",
        due_at=timezone.now(),
    )
    blackout, _held = add_blackout(
        group=group,
        first_day=(timezone.now() + timedelta(days=200)).date(),
        last_day=(timezone.now() + timedelta(days=200)).date(),
        reason="Holiday",
        actor=admin,
    )
    device = UserSession.objects.create(
        user=author, ip="127.0.0.1", session_key=f"elsewhere-{group.code}", user_agent=""
    )
    # So that it can be nudged.
    GroupStanding.objects.create(group=group, brand=group.brand, as_of=timezone.now().date(), is_silent=True)
    return {
        "author": author,
        "silent_id": group.pk,
        "report_table": "network",
        "template_table": "league",
        "author_id": author.pk,
        "group_id": group.pk,
        "code": group.code,
        "group_name": group.name,
        "person_id": colleague.pk,
        "colleague": colleague.email,
        "membership": membership.pk,
        "delegation": lent.pk,
        "invitation_id": invitation.pk,
        "secret": f"secret-{group.code}",
        "api_token": create_api_token(
            brand=group.brand, user=author, name="Till", scopes=[Permission.SEE_MAILINGS], days=None
        )[0].pk,
        "audience_id": audience.pk,
        "segment_audience": segment.pk,
        "filter_id": a_filter(group=group, name=f"Portland of {group.code}", actor=author).pk,
        "contact_id": contact.pk,
        "contact_address": contact.email,
        "contact_name": contact.external_id,
        "suppression_id": _shut(group),
        "folder_slug": folder.slug,
        "unsubscribe_token": contact.token,
        "import_id": an_import("external_id,email\nN1,n1@example.com\n", group=group, actor=author, name="New").pk,
        "failed_import": failed.pk,
        "checked_import": checked.pk,
        "replaced_import": replaced.pk,
        "spare_list": spare_list.pk,
        "folder_id": folder.pk,
        "mailing_folder": add_mailing_folder(group=group, name=f"Summer of {group.code}", actor=admin).pk,
        "image_id": image.pk,
        "image_path": image.file.name,
        "place": "photo",
        "snapshot_id": _snapshot_of(mailings["draft"]).pk,
        "attachment": attachment.pk,
        "attachment_token": attachment.token,
        "sha256": attachment.sha256,
        "extension": attachment.extension,
        "notice_id": notice.pk,
        "device_id": device.pk,
        "blackout_id": blackout.pk,
        **{name: mailing.pk for name, mailing in mailings.items()},
        **rollouts_of(group, author, audience, of_brand["manager"]),
        "mailing_id": mailings["draft"].pk,
        "revision": mailings["draft"].revision,
        "comment_id": commenting.add_comment(mailing=mailings["draft"], actor=author, text="Is this right?").pk,
        "review_id": waiting.pk,
        "digest": waiting.digest,
        "approved_review": approved.pk,
        "delivery_id": Delivery.objects.get(mailing=mailings["questions"]).pk,
        "batch_id": Batch.objects.get(delivery__mailing=mailings["questions"]).pk,
        # Nothing of these exists; whoever is asked for them says so.
        "pk": 999_999_999,
        "uidb36": "zz",
        "key": "none",
        "id": "none",
    }


def _shut(group: Group) -> int:
    """Gives an address that a group does not mail, which whoever manages its contacts may let in again."""
    address = f"shut-{group.code.lower()}@example.com"
    return Suppression.objects.create(
        brand=group.brand,
        group=group,
        address=address,
        reason=SuppressionReason.BLOCKED,
        origin=SuppressionOrigin.HAND,
    ).pk


def _an_erasure(brand: Brand, admin: User) -> Erasure:
    """Gives the erasure of somebody of whom Braze could not be told."""
    gone = a_contact(brand=brand, external_id=f"erased-of-{brand.slug}")
    leftover = Leftover(external_id=gone.external_id, addresses=(gone.email,), told=(), was_told=True)
    return Erasure.objects.create(
        brand=brand,
        contact=gone,
        asked_by=admin,
        state=ErasureState.BRAZE_NOT_TOLD,
        leftover=leftover.as_text(),
        external_id_digest="0" * 64,
    )


def _picture_of(group: Group) -> bytes:
    """Gives a picture that no other group has: files go by their content."""
    return a_picture_file(color=f"#{crc32(group.code.encode()) % 0x1000000:06x}")


def _service_person(part: str, brand: Brand, group: Group, role: Role) -> User:
    person = User.objects.create_user(f"{part}-{group.code}@{brand.slug}.example".lower(), PASSWORD, name=part.title())
    a_membership(user=person, group=group, role=role)
    return person
