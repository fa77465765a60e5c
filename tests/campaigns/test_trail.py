"""What the audit trail tells of settings: the values before and after, of what changed alone."""

from __future__ import annotations

from datetime import time

from campaigns.library.folders import change_folder, create_folder
from campaigns.library.merge_tags import change_attribute
from campaigns.library.offering import set_access
from campaigns.library.services import create_template, describe_template
from campaigns.look.services import save_kit
from campaigns.models import AccessKind, TemplateAccess
from campaigns.rules.services import save_domains, save_liquid
from campaigns.schedule.levels import Limits, QuietHours
from campaigns.schedule.pressure import Pressure
from campaigns.schedule.services import save_pressure, save_role_limits, save_times
from groups.models import Attribute, AttributeKind, Event
from groups.roles import Role
from tests.builders import Cast, root_group


def told(action: str) -> tuple[dict[str, object], dict[str, object]]:
    """Gives what the newest event of an action says was before and is after."""
    event = Event.objects.filter(action=action).latest("pk")
    return event.before, event.after


def test_domains_and_liquid(cast: Cast) -> None:
    for links, pictures in ((["a.example"], []), (["a.example", "b.example"], [])):
        save_domains(brand=cast.brand, link_domains=links, image_domains=pictures, mail_domains=[], actor=cast.manager)
    save_liquid(brand=cast.brand, names=["if"], actor=cast.manager)

    assert told("rules.domains_changed") == (
        {"link_domains": ["a.example"]},
        {"link_domains": ["a.example", "b.example"]},
    )
    assert told("rules.liquid_changed")[0] == {"liquid_tags": []}


def test_the_look_of_a_group(cast: Cast) -> None:
    for accent in ("#112233", "#445566"):
        save_kit(
            group=cast.store,
            logo=None,
            accent_color=accent,
            ink_color="",
            font="",
            palette={"Accent": accent},
            actor=cast.manager,
        )

    assert told("look.changed") == (
        {"accent_color": "#112233", "palette": {"Accent": "#112233"}},
        {"accent_color": "#445566", "palette": {"Accent": "#445566"}},
    )


def test_times_and_limits(cast: Cast) -> None:
    root = root_group(cast.brand)
    save_times(group=root, quiet=QuietHours(time(21), time(7)), limits=Limits(), actor=cast.manager)
    save_times(group=root, quiet=QuietHours(time(22), time(7)), limits=Limits(mailings_per_day=2), actor=cast.manager)
    save_pressure(group=root, pressure=Pressure(cap_mails=3, cap_days=7), actor=cast.manager)
    save_role_limits(group=root, limits={Role.LOCAL_AUTHOR: Limits(mailings_per_day=2)}, actor=cast.manager)
    save_role_limits(group=root, limits={Role.LOCAL_AUTHOR: Limits()}, actor=cast.manager)

    assert told("times.changed") == (
        {"quiet_from": "21:00:00", "mailings_per_day": None},
        {"quiet_from": "22:00:00", "mailings_per_day": 2},
    )
    assert told("times.pressure_changed")[1]["cap_mails"] == 3
    assert told("times.role_limits_changed") == ({"local_author": "mailings_per_day 2"}, {"local_author": ""})


def test_an_attribute_a_template_and_a_folder(cast: Cast) -> None:
    attribute = Attribute.objects.get(brand=cast.brand, name="points")
    change_attribute(
        attribute=attribute,
        actor=cast.manager,
        label="Loyalty points",
        kind=AttributeKind.NUMBER,
        braze_name="points",
        liquid_name="points",
        is_custom=True,
        is_merge_tag=False,
        fallback="",
        sample="",
    )
    template = create_template(brand=cast.brand, name="Spring", actor=cast.manager)
    describe_template(template=template, actor=cast.manager, name="Summer", description="")
    folder = create_folder(group=root_group(cast.brand), name="Ours", locals_may_upload=False, actor=cast.manager)
    change_folder(folder=folder, is_active=True, locals_may_upload=True, actor=cast.manager)

    assert told("attribute.changed") == ({"label": "Points"}, {"label": "Loyalty points"})
    assert told("template.changed") == ({"name": "Spring"}, {"name": "Summer"})
    assert told("image_folder.changed") == ({"locals_may_upload": False}, {"locals_may_upload": True})


def test_who_may_use_a_template_is_told_without_anybodys_address(cast: Cast) -> None:
    template = create_template(brand=cast.brand, name="Spring", actor=cast.manager)
    line = TemplateAccess(template=template, kind=AccessKind.DENY, person=cast.author)

    set_access(template=template, lines=[line], actor=cast.manager)

    event = Event.objects.get(action="template.access")
    assert event.detail == {"lines": f"deny {cast.author.pk}"}
