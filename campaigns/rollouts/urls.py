"""The addresses of rollouts: lists by group, a rollout by its own id, answers by the mailing."""

from __future__ import annotations

from django.urls import path

from campaigns.rollouts import approval_views, grid_views, group_views, setup_views, views

urlpatterns = [
    path("g/<uuid:group_id>/rollouts/", views.rollout_list, name="rollout-list"),
    path("g/<uuid:group_id>/rollouts/new/", views.rollout_create, name="rollout-create"),
    path("g/<uuid:group_id>/rollouts/<uuid:rollout_id>/use/", group_views.rollout_use, name="rollout-use"),
    path("rollouts/<uuid:rollout_id>/", views.rollout_detail, name="rollout-detail"),
    path("rollouts/<uuid:rollout_id>/setup/", setup_views.rollout_setup, name="rollout-setup"),
    path("rollouts/<uuid:rollout_id>/groups/", setup_views.rollout_groups, name="rollout-groups"),
    path("rollouts/<uuid:rollout_id>/grid/", grid_views.rollout_grid, name="rollout-grid"),
    path("rollouts/<uuid:rollout_id>/approval/", approval_views.rollout_approval, name="rollout-approval"),
    path("rollouts/<uuid:rollout_id>/approve/", approval_views.rollout_approve, name="rollout-approve"),
    path("rollouts/<uuid:rollout_id>/release/", views.rollout_release, name="rollout-release"),
    path("rollouts/<uuid:rollout_id>/submit/", views.rollout_submit, name="rollout-submit"),
    path("rollouts/<uuid:rollout_id>/take-back/", views.rollout_take_back, name="rollout-take-back"),
    path("rollouts/<uuid:rollout_id>/check/", views.rollout_check, name="rollout-check"),
    path("rollouts/<uuid:rollout_id>/pause/", views.rollout_pause, name="rollout-pause"),
    path("rollouts/<uuid:rollout_id>/resume/", views.rollout_resume, name="rollout-resume"),
    path("rollouts/<uuid:rollout_id>/cancel/", views.rollout_cancel, name="rollout-cancel"),
    path("rollouts/<uuid:rollout_id>/archive/", views.rollout_archive, name="rollout-archive"),
    path("rollouts/parts/<uuid:part_id>/preview/", views.part_preview, name="rollout-part-preview"),
    path("m/<uuid:mailing_id>/take-part/", group_views.mailing_take_part, name="mailing-take-part"),
    path("m/<uuid:mailing_id>/opt-out/", group_views.mailing_opt_out, name="mailing-opt-out"),
    path("m/<uuid:mailing_id>/take-in-hand/", group_views.mailing_take_in_hand, name="mailing-take-in-hand"),
]
