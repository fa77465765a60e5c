"""The addresses of segments, and of everybody of a group in Braze."""

from __future__ import annotations

from django.urls import path

from groups.audiences.segments import views

urlpatterns = [
    path("g/<uuid:group_id>/audiences/segments/", views.segment_list, name="segment-list"),
    path("g/<uuid:group_id>/audiences/segments/assign/", views.segment_assign, name="segment-assign"),
    path("g/<uuid:group_id>/audiences/everybody/", views.everybody_add, name="everybody-add"),
    path("audiences/<uuid:audience_id>/segment/", views.segment_show, name="segment-show"),
    path("audiences/<uuid:audience_id>/segment/read/", views.segment_read, name="segment-read"),
]
