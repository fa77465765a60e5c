"""The addresses of people, invitations, roles and holiday cover."""

from __future__ import annotations

from django.urls import path

from groups.people import cover_views, field_views, import_views, invitation_views, role_views, views

urlpatterns = [
    path("people/", views.person_list, name="person-list"),
    path("people/invite/", views.person_invite, name="person-invite"),
    path("people/import/", import_views.person_import, name="person-import"),
    path("people/import/confirm/", import_views.person_import_confirm, name="person-import-confirm"),
    path("people/fields/", field_views.user_field_list, name="user-field-list"),
    path("people/fields/<uuid:field_id>/", field_views.user_field_edit, name="user-field-edit"),
    path("people/fields/<uuid:field_id>/delete/", field_views.user_field_delete, name="user-field-delete"),
    path("people/acting/end/", views.acting_end, name="acting-end"),
    path("people/<uuid:person_id>/", views.person_detail, name="person-detail"),
    path("people/<uuid:person_id>/role/", views.person_give_role, name="person-give-role"),
    path("people/<uuid:person_id>/role/take/", views.person_take_role, name="person-take-role"),
    path("people/<uuid:person_id>/remove/", views.person_remove, name="person-remove"),
    path("people/<uuid:person_id>/act-as/", views.person_act_as, name="person-act-as"),
    path("people/<uuid:person_id>/fields/", field_views.person_values, name="person-values"),
    path("account/fields/", field_views.account_values, name="account-values"),
    path("invitation/<str:secret>/", invitation_views.invitation_accept, name="invitation-accept"),
    path("invitations/<uuid:invitation_id>/again/", invitation_views.invitation_again, name="invitation-again"),
    path(
        "invitations/<uuid:invitation_id>/withdraw/", invitation_views.invitation_withdraw, name="invitation-withdraw"
    ),
    path("roles/", role_views.role_list, name="role-list"),
    path("roles/new/", role_views.role_create, name="role-create"),
    path("roles/<uuid:role_id>/", role_views.role_edit, name="role-edit"),
    path("roles/<uuid:role_id>/reset/", role_views.role_reset, name="role-reset"),
    path("roles/<uuid:role_id>/delete/", role_views.role_delete, name="role-delete"),
    path("cover/", cover_views.cover, name="cover"),
    path("cover/end/", cover_views.cover_end, name="cover-end"),
]
