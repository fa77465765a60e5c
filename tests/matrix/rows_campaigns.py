"""The rows of the room `campaigns`: templates, images, rules, mailings, tests, reviews, deliveries."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from groups.roles import Permission
from tests.campaigns.builders import SOURCE
from tests.campaigns.library.sources import a_picture_file
from tests.matrix.row import Asks, At, act, page

P, BRAND, SOMEWHERE = Permission, At.BRAND, At.SOMEWHERE
DECIDE = (P.REVIEW_MAILINGS, P.APPROVE_MAILINGS)
COMMENT = (P.EDIT_MAILINGS, *DECIDE)
STOP_ONE = (P.SEND_MAILINGS, P.STOP_MAILINGS)
TEMPLATE = {"name": "News", "route": "schedule", "source": SOURCE, "seen": ""}
ATTRIBUTE = {"label": "Pet", "kind": "text", "braze_name": "pet", "is_custom": "on"}
RULE = {"demand": "two_levels", "approvals_needed": "1", "is_active": "on"}
WHY = {"reason": "The price is wrong."}


def picture() -> SimpleUploadedFile:
    """Gives a picture as a store uploads it."""
    return SimpleUploadedFile("bar.jpg", a_picture_file(color="#884422"), "image/jpeg")


TEMPLATES = (
    page("campaigns:template-list", P.MANAGE_TEMPLATES, BRAND),
    page("campaigns:template-create", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:template-create", P.MANAGE_TEMPLATES, BRAND, {"name": "Spring", "route": "schedule"}),
    page("campaigns:template-import", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:template-import", P.MANAGE_TEMPLATES, BRAND, {"name": "Spring", "source": "<p>Spring</p>"}),
    page("campaigns:template-import-report", P.MANAGE_TEMPLATES, BRAND, answers=(302,)),
    page("campaigns:template-proposals", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:template-proposals", P.MANAGE_TEMPLATES, BRAND, answers=(422,), acts=False),
    page("campaigns:template-edit", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:template-edit", P.MANAGE_TEMPLATES, BRAND, TEMPLATE),
    page("campaigns:template-readiness", P.SEE_MAILINGS, At.SOMEWHERE),
    page("campaigns:template-push", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:template-push", P.MANAGE_TEMPLATES, BRAND, {"mailing": "@outdated"}),
    page("campaigns:template-access", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:template-access", P.MANAGE_TEMPLATES, BRAND, {"allowed_groups": "@group_id"}),
    page("campaigns:template-field", P.MANAGE_TEMPLATES, BRAND, ids={"name": "field"}),
    act(
        "campaigns:template-field",
        P.MANAGE_TEMPLATES,
        BRAND,
        {"seen": "another draft"},
        ids={"name": "field"},
        answers=(422,),
        acts=False,
    ),
    page("campaigns:version-preview", P.MANAGE_TEMPLATES, BRAND),
    page("campaigns:version-braze", P.MANAGE_TEMPLATES, BRAND),
    page("campaigns:template-recall", P.STOP_MAILINGS, SOMEWHERE),
    act("campaigns:template-recall", P.STOP_MAILINGS, SOMEWHERE, WHY, answers=(200,)),
    act(
        "campaigns:template-offer-again",
        P.STOP_MAILINGS,
        SOMEWHERE,
        ids={"template_id": "recalled"},
        then=(P.STOP_MAILINGS,),
        then_at=BRAND,
    ),
    page("campaigns:snippet-list", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:snippet-list", P.MANAGE_TEMPLATES, BRAND, {"name": "legal", "label": "Legal", "source": "Legal"}),
    page("campaigns:snippet-edit", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:snippet-edit", P.MANAGE_TEMPLATES, BRAND, {"label": "Footer", "source": "Other", "seen": "1"}),
    page("campaigns:merge-tag-list", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:merge-tag-list", P.MANAGE_TEMPLATES, BRAND, {"name": "pet", **ATTRIBUTE}),
    page("campaigns:merge-tag-edit", P.MANAGE_TEMPLATES, BRAND),
    act("campaigns:merge-tag-edit", P.MANAGE_TEMPLATES, BRAND, ATTRIBUTE),
)
IMAGES = (
    page("campaigns:image-list", P.MANAGE_IMAGES),
    act("campaigns:image-list", P.MANAGE_IMAGES, form={"file": picture, "alt": "Our bar", "folder": "@folder_id"}),
    page("campaigns:image-folders", P.MANAGE_FOLDERS),
    act("campaigns:image-folders", P.MANAGE_FOLDERS, form={"name": "Spring"}),
    act("campaigns:image-folder-change", P.MANAGE_FOLDERS, form={"locals_may_upload": "on"}),
    page("campaigns:image-crop", P.EDIT_IMAGES),
    act("campaigns:image-crop", P.EDIT_IMAGES, form={"turn": "90"}),
    page("campaigns:image-edit", P.EDIT_IMAGES),
    act("campaigns:image-edit", P.EDIT_IMAGES, form={"name": "Bar", "alt": "Our bar at night"}),
    act("campaigns:image-hide", P.EDIT_IMAGES),
    page("campaigns:look-edit", P.MANAGE_LOOK),
    act("campaigns:look-edit", P.MANAGE_LOOK, form={"logo": "@image_id", "font": "Georgia"}),
)
RULES = (
    page("campaigns:rule-list", P.MANAGE_RULES, BRAND),
    act("campaigns:rule-word-add", P.MANAGE_RULES, BRAND, {"text": "free", "level": "block"}),
    act("campaigns:rule-word-remove", P.MANAGE_RULES, BRAND),
    act("campaigns:rule-domains", P.MANAGE_RULES, BRAND, {"link_domains": "northwind.example"}),
    act("campaigns:rule-liquid", P.MANAGE_RULES, BRAND),
    page("campaigns:rule-reviews", P.MANAGE_RULES, BRAND),
    act("campaigns:rule-review-policy", P.MANAGE_RULES, BRAND, {"policy": "one_level"}),
    act("campaigns:rule-review-add", P.MANAGE_RULES, BRAND, {**RULE, "group": "@group_id", "template": "@template_id"}),
    page("campaigns:rule-review-edit", P.MANAGE_RULES, BRAND),
    act("campaigns:rule-review-edit", P.MANAGE_RULES, BRAND, {**RULE, "group": "@group_id"}),
    act("campaigns:rule-review-remove", P.MANAGE_RULES, BRAND),
    act("campaigns:rule-reason-add", P.MANAGE_RULES, BRAND, {"text": "Say it shorter."}),
    act("campaigns:rule-reason-remove", P.MANAGE_RULES, BRAND),
    page("campaigns:rule-times", P.MANAGE_RULES),
    act("campaigns:rule-times-save", P.MANAGE_RULES, form={"quiet": "none", "mailings_per_day": "9"}),
    act("campaigns:rule-role-limits", P.MANAGE_RULES, form={"local_author-mailings_per_day": "2"}),
    act("campaigns:rule-pressure", P.MANAGE_RULES, BRAND, {"one_group_a_day": "on"}, ids={"group_id": "root"}),
    act("campaigns:rule-clashes", P.MANAGE_RULES, form={"clash_percent": "30", "clash_hours": "48"}),
    act(
        "campaigns:rule-blackout-add",
        P.MANAGE_RULES,
        form={"first_day": "@in_ten_days", "last_day": "@in_ten_days", "reason": "Stocktaking"},
    ),
    act("campaigns:rule-blackout-remove", P.MANAGE_RULES),
)
MAILINGS = (
    page("campaigns:mailing-list", P.SEE_MAILINGS),
    act("campaigns:mailings-move", P.MANAGE_FOLDERS, form={"mailing": "@mailing_id", "folder": "@mailing_folder"}),
    act("campaigns:mailings-delete", P.EDIT_MAILINGS, form={"mailing": "@mailing_id"}),
    page("campaigns:mailing-folder-list", P.MANAGE_FOLDERS),
    act("campaigns:mailing-folder-list", P.MANAGE_FOLDERS, form={"name": "Autumn"}),
    act(
        "campaigns:mailing-folder-rename",
        P.MANAGE_FOLDERS,
        form={"name": "Autumn"},
        ids={"folder_id": "mailing_folder"},
    ),
    act("campaigns:mailing-folder-remove", P.MANAGE_FOLDERS, ids={"folder_id": "mailing_folder"}),
)
COMPOSE = (
    page("campaigns:home", Asks.SIGNED_IN),
    page("campaigns:calendar", P.SEE_MAILINGS),
    page("campaigns:report-group", P.SEE_MAILINGS),
    page("campaigns:report-network", P.SEE_MAILINGS),
    act("campaigns:report-nudge", P.STOP_MAILINGS),
    page("campaigns:report-template-list", P.SEE_MAILINGS),
    page("campaigns:report-template", P.SEE_MAILINGS),
    page("campaigns:report-template-table", P.SEE_MAILINGS, ids={"name": "template_table"}),
    page("campaigns:report-usage", P.SEE_MAILINGS),
    page("campaigns:report-table", P.SEE_MAILINGS, ids={"name": "report_table"}),
    page("campaigns:practice-start", P.EDIT_MAILINGS),
    act("campaigns:practice-start", P.EDIT_MAILINGS, form={"template": "@template_id"}),
    act(
        "campaigns:mailing-practise",
        P.EDIT_MAILINGS,
        form={"revision": "@revision"},
        ids={"mailing_id": "practice"},
        then=(P.SEND_MAILINGS,),
    ),
    act("campaigns:guide", Asks.SIGNED_IN, form={"guide": "hide"}),
    page("campaigns:template-wall", P.EDIT_MAILINGS),
    page("campaigns:template-preview", P.SEE_MAILINGS),
    act("campaigns:mailing-start", P.EDIT_MAILINGS),
    page("campaigns:mailing-edit", P.SEE_MAILINGS, then=(P.EDIT_MAILINGS,)),
    act("campaigns:mailing-save", P.EDIT_MAILINGS, form={"mailing-revision": "@revision", "headline": "Good morning"}),
    act("campaigns:mailing-here", P.EDIT_MAILINGS, form={"tab": "one"}, answers=(200,), acts=False),
    page("campaigns:mailing-crop", P.EDIT_MAILINGS, ids={"mailing_id": "pictured"}),
    act(
        "campaigns:mailing-crop",
        P.EDIT_MAILINGS,
        form={"turn": "90", "was": "@image_id"},
        ids={"mailing_id": "pictured"},
    ),
    page("campaigns:mailing-history", P.EDIT_MAILINGS),
    act("campaigns:mailing-restore", P.EDIT_MAILINGS),
    page("campaigns:mailing-preview", P.SEE_MAILINGS),
    act("campaigns:mailing-copy", P.EDIT_MAILINGS),
    act("campaigns:mailing-delete", P.EDIT_MAILINGS),
    act("campaigns:mailing-update", P.EDIT_MAILINGS, ids={"mailing_id": "outdated"}),
    page("campaigns:attachment-file", Asks.ANYBODY, ids={"token": "attachment_token"}),
    page("campaigns:mailing-tests", P.EDIT_MAILINGS),
    act("campaigns:mailing-tests", P.EDIT_MAILINGS, form={"testers": "@person_id"}),
)
REVIEW = (
    page("campaigns:review-list", Asks.SIGNED_IN),
    act(
        "campaigns:review-approve-together",
        Asks.SIGNED_IN,
        form={"review": "@review_id", "@digest-of-review": "@digest"},
        then=(P.APPROVE_MAILINGS,),
        # Looked at by itself: it differs from its template in more than what the brand calls harmless.
        acts=False,
    ),
    page("campaigns:review-detail", DECIDE),
    act("campaigns:review-approve", DECIDE, form={"digest": "@digest"}, then=(P.APPROVE_MAILINGS,)),
    act("campaigns:review-ask-changes", DECIDE, form=WHY, then=(P.APPROVE_MAILINGS,)),
    act("campaigns:review-revoke", P.APPROVE_MAILINGS, form=WHY, ids={"review_id": "approved_review"}),
    act("campaigns:mailing-submit", P.EDIT_MAILINGS, form={"revision": "@revision"}),
    act("campaigns:mailing-take-back", P.EDIT_MAILINGS, ids={"mailing_id": "waiting"}),
    page("campaigns:mailing-comments", P.SEE_MAILINGS, answers=(302,)),
    act("campaigns:mailing-comments", P.SEE_MAILINGS, form={"text": "Shorter."}, then=COMMENT, otherwise=404),
    act("campaigns:comment-resolve", COMMENT, then=(P.APPROVE_MAILINGS,)),
)
DELIVERY = (
    page("campaigns:mailing-detail", P.SEE_MAILINGS, ids={"mailing_id": "scheduled"}),
    page("campaigns:mailing-progress", P.SEE_MAILINGS, ids={"mailing_id": "going"}),
    act("campaigns:mailing-send", P.EDIT_MAILINGS, form={"revision": "@revision"}, then=(P.SEND_MAILINGS,)),
    act("campaigns:mailing-cancel", P.EDIT_MAILINGS, ids={"mailing_id": "scheduled"}, then=STOP_ONE),
    act("campaigns:mailing-edit-again", P.EDIT_MAILINGS, ids={"mailing_id": "scheduled"}, then=STOP_ONE),
    act("campaigns:mailing-resume", P.EDIT_MAILINGS, ids={"mailing_id": "paused"}, then=(P.STOP_MAILINGS,)),
    act("campaigns:mailing-pause", P.EDIT_MAILINGS, ids={"mailing_id": "planned"}, then=(P.STOP_MAILINGS,)),
    act("campaigns:mailing-stop", P.EDIT_MAILINGS, ids={"mailing_id": "going"}, then=(P.STOP_MAILINGS,)),
    act("campaigns:mailing-send-to-rest", P.EDIT_MAILINGS, ids={"mailing_id": "rest"}, then=(P.SEND_MAILINGS,)),
    act("campaigns:mailing-send-late", P.EDIT_MAILINGS, ids={"mailing_id": "late"}, then=(P.SEND_MAILINGS,)),
    act(
        "campaigns:mailing-reschedule",
        P.EDIT_MAILINGS,
        form={"day": "@in_ten_days", "time": "10:00"},
        ids={"mailing_id": "scheduled"},
        then=(P.SEND_MAILINGS,),
    ),
    act("campaigns:batch-decide", P.STOP_MAILINGS, form={"decision": "sent"}),
    page("campaigns:sending-detail", P.STOP_MAILINGS),
    act("campaigns:sending-stop", P.STOP_MAILINGS, form=WHY),
    act("campaigns:sending-allow", P.STOP_MAILINGS, acts=False),
    act("campaigns:mailing-recipients-export", P.EXPORT_RECIPIENTS, ids={"mailing_id": "going"}, answers=(200,)),
    page("campaigns:group-close", P.MANAGE_GROUPS),
    act("campaigns:group-close", P.MANAGE_GROUPS, answers=(200,)),
    page("campaigns:batch-list", P.SEE_MAILINGS),
    page("campaigns:batch-statement", P.SEE_MAILINGS),
    page("campaigns:batch-detail", P.SEE_MAILINGS),
    page("campaigns:contact-detail", P.SEE_CONTACTS),
)
REPORTS = (
    page("campaigns:mailing-report", P.SEE_MAILINGS, ids={"mailing_id": "going"}),
    page("campaigns:mailing-report-table", P.SEE_MAILINGS, ids={"mailing_id": "going"}),
    act("campaigns:mailing-evidence", P.SEE_MAILINGS, ids={"mailing_id": "going"}, answers=(200,)),
    page("campaigns:workspace-budget", (P.MANAGE_WORKSPACE, P.MANAGE_RULES), BRAND),
)
DRAFT, SCHEDULED = {"rollout_id": "draft_rollout"}, {"rollout_id": "scheduled_rollout"}
SUBMITTED, PART = {"rollout_id": "submitted_rollout"}, {"mailing_id": "part_mailing"}
SETUP = {
    "name": "Spring",
    "audience_rule": "named",
    "audience_name": "Regulars",
    "by_group_clock": "on",
    "sends_by_default": "on",
}
ROLLOUTS = (
    page("campaigns:rollout-list", P.SEE_MAILINGS),
    page("campaigns:rollout-create", P.EDIT_MAILINGS),
    act(
        "campaigns:rollout-create",
        P.EDIT_MAILINGS,
        form={"kind": "task", "template": "@template_id", "name": "Spring"},
    ),
    page("campaigns:rollout-detail", P.SEE_MAILINGS, ids=DRAFT),
    page("campaigns:rollout-part-preview", P.SEE_MAILINGS, ids={"part_id": "rollout_part"}),
    page("campaigns:rollout-setup", P.EDIT_MAILINGS, ids=DRAFT),
    act("campaigns:rollout-setup", P.EDIT_MAILINGS, form=SETUP, ids=DRAFT),
    page("campaigns:rollout-groups", P.EDIT_MAILINGS, ids=DRAFT),
    act("campaigns:rollout-groups", P.EDIT_MAILINGS, form={"group": "@child_id", "add": ""}, ids=DRAFT),
    page("campaigns:rollout-grid", P.EDIT_MAILINGS, ids=DRAFT),
    act("campaigns:rollout-grid", P.EDIT_MAILINGS, form={"field": "headline", "pasted": "@grid_line"}, ids=DRAFT),
    act("campaigns:rollout-release", P.EDIT_MAILINGS, ids=DRAFT),
    act("campaigns:rollout-check", P.EDIT_MAILINGS, ids=DRAFT),
    act("campaigns:rollout-archive", P.EDIT_MAILINGS, ids=DRAFT),
    act("campaigns:rollout-submit", P.EDIT_MAILINGS, ids=SCHEDULED),
    act("campaigns:rollout-take-back", P.EDIT_MAILINGS, ids=SUBMITTED),
    act("campaigns:rollout-pause", P.STOP_MAILINGS, ids=SCHEDULED),
    act("campaigns:rollout-resume", P.STOP_MAILINGS, ids={"rollout_id": "paused_rollout"}),
    act("campaigns:rollout-cancel", P.STOP_MAILINGS, form=WHY, ids=SCHEDULED),
    page("campaigns:rollout-approval", DECIDE, ids=SUBMITTED),
    act(
        "campaigns:rollout-approve",
        DECIDE,
        form={"digest": "@matrix_digest"},
        ids=SUBMITTED,
        then=(P.APPROVE_MAILINGS,),
    ),
    act("campaigns:mailing-take-part", P.EDIT_MAILINGS, ids=PART),
    act("campaigns:mailing-opt-out", P.EDIT_MAILINGS, form=WHY, ids=PART),
    act("campaigns:mailing-take-in-hand", P.EDIT_MAILINGS, ids=PART),
    act("campaigns:rollout-use", P.EDIT_MAILINGS, ids={"rollout_id": "offer"}),
)
ADDRESS = {"url": "https://example.com/new", "kinds": ["import.ended"]}
WEBHOOKS = (
    page("campaigns:webhook-list", P.MANAGE_WORKSPACE, BRAND),
    act("campaigns:webhook-list", P.MANAGE_WORKSPACE, BRAND, ADDRESS, answers=(200,)),
    page("campaigns:webhook-detail", P.MANAGE_WORKSPACE, BRAND),
    act("campaigns:webhook-detail", P.MANAGE_WORKSPACE, BRAND, ADDRESS),
    act("campaigns:webhook-rotate", P.MANAGE_WORKSPACE, BRAND, answers=(200,)),
    act("campaigns:webhook-test", P.MANAGE_WORKSPACE, BRAND),
    act("campaigns:webhook-switch", P.MANAGE_WORKSPACE, BRAND, {"on": "no"}),
    act("campaigns:webhook-remove", P.MANAGE_WORKSPACE, BRAND),
    act("campaigns:webhook-replay", P.MANAGE_WORKSPACE, BRAND),
)
ROWS = (
    *TEMPLATES,
    *IMAGES,
    *RULES,
    *MAILINGS,
    *COMPOSE,
    *REVIEW,
    *DELIVERY,
    *REPORTS,
    *ROLLOUTS,
    *WEBHOOKS,
)
