"""Features are switched off for a group and all below it, for everybody."""

from __future__ import annotations

import pytest

from groups import access
from groups.errors import NotPermitted
from groups.models import Event, FeatureSwitch
from groups.roles import FEATURE_OF, Feature, Permission
from groups.tree.features import features_of, switch_features
from tests.builders import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G9")]


@pytest.mark.parametrize("permission", list(FEATURE_OF))
def test_a_switch_takes_its_permissions_from_everybody_there(cast: Cast, permission: Permission) -> None:
    assert access.may(cast.admin, permission, cast.store)

    switch_features(group=cast.region, off=[FEATURE_OF[permission]], actor=cast.admin)

    for person in cast.everybody:
        assert not access.may(person, permission, cast.store)
        assert permission not in access.rights_of(person, cast.brand, cast.store).here
    assert access.may(cast.admin, permission, cast.far_store)


def test_switching_is_told_once_each_and_undone_again(cast: Cast) -> None:
    switch_features(group=cast.store, off=[Feature.ATTACHMENTS, Feature.EXPORTS], actor=cast.admin)
    switch_features(group=cast.store, off=[Feature.EXPORTS], actor=cast.manager)

    told = Event.objects.filter(action__startswith="feature.").order_by("id")
    assert [(one.action, one.detail["feature"], one.actor) for one in told] == [
        ("feature.switched_off", "attachments", cast.admin),
        ("feature.switched_off", "exports", cast.admin),
        ("feature.switched_on", "attachments", cast.manager),
    ]
    assert access.has_feature(cast.store, Feature.ATTACHMENTS)
    assert not access.has_feature(cast.store, Feature.EXPORTS)


def test_a_line_says_where_a_feature_is_off_and_by_whom(cast: Cast) -> None:
    switch_features(group=cast.region, off=[Feature.SENDING], actor=cast.manager)
    switch_features(group=cast.store, off=[Feature.EXPORTS], actor=cast.admin)

    lines = {line.feature: line for line in features_of(cast.store)}

    sending, exports, images = lines[Feature.SENDING], lines[Feature.EXPORTS], lines[Feature.OWN_IMAGES]
    assert (sending.off_in, sending.off_by, sending.is_off_here, sending.is_off_above) == (
        cast.region,
        cast.manager,
        False,
        True,
    )
    assert (exports.off_in, exports.off_by, exports.is_off_here, exports.is_off_above) == (
        cast.store,
        cast.admin,
        True,
        False,
    )
    assert images.is_on


def test_only_those_who_manage_the_group_switch(cast: Cast) -> None:
    for person in cast.without(cast.admin, cast.manager):
        with pytest.raises(NotPermitted):
            switch_features(group=cast.store, off=[Feature.SENDING], actor=person)

    assert not FeatureSwitch.objects.exists()
