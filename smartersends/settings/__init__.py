"""The portal's settings, by topic; only the environment differs between installations (see `.env.example`)."""

from __future__ import annotations

from smartersends.settings.api import *
from smartersends.settings.apps import *
from smartersends.settings.background import *
from smartersends.settings.database import *
from smartersends.settings.languages import *
from smartersends.settings.operation import *
from smartersends.settings.portal import *
from smartersends.settings.security import *
from smartersends.settings.storage import *
from smartersends.settings.upkeep import *
