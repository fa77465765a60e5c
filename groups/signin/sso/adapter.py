"""tmp"""
from __future__ import annotations
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
class SignOnAdapter(DefaultSocialAccountAdapter): ...
