"""Fixtures of the tests of what is kept: a store with a list, its workspace in a sandbox, and an admin."""

from __future__ import annotations

import pytest

from groups.models import Audience, Group, User, Workspace
from groups.roles import Role
from tests.builders import a_group, a_person, a_workspace, an_audience, root_group
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def audience() -> Audience:
    """Gives a list of a store."""
    return an_audience(group=a_group(code="US-001"))


@pytest.fixture
def group(audience: Audience) -> Group:
    """Gives the store."""
    return audience.group


@pytest.fixture
def workspace(audience: Audience, sandbox: RunningSandbox) -> Workspace:
    """Gives the brand's workspace, connected to a sandbox of its own."""
    return a_workspace(brand=audience.group.brand, endpoint=sandbox.url)


@pytest.fixture
def actor(group: Group) -> User:
    """Gives an admin of the brand."""
    return a_person(role=Role.ADMIN, group=root_group(group.brand))
