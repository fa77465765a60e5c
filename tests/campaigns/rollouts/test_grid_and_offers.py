"""The grid with what was pasted from a sheet, and offers that groups use in mailings of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.compose.services import save_values
from campaigns.errors import NotAllowed, Refusal, ValuesRefused
from campaigns.models import Mailing, Rollout, RolloutKind, RolloutState
from campaigns.preflight import check
from campaigns.rollouts.assets import use, uses_by_group
from campaigns.rollouts.grid import Cell, fill, grid_fields, read_lines
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.rollouts.builders import OPEN, a_network, a_shown, a_submitted

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.mark.catalogue("M22")
def test_pasted_lines_fill_the_cells_and_each_that_is_wrong_is_kept_with_its_reason() -> None:
    network = a_network(stores=4)
    network.run()
    rollout = network.rollout
    spec = next(one for one in grid_fields(rollout) if one.name == OPEN)
    pasted = f"S-1\tFirst\r\nstore 2\tSecond\nS-3\t{'long ' * 20}\nS-9\tNobody\nS-1\tAgain\nS-4"

    cells, lost = read_lines(rollout, spec, pasted)
    filled = fill(rollout=rollout, spec=spec, cells=cells, actor=network.manager)

    assert [network.mailing(store).values[OPEN] for store in network.stores] == [
        "First",
        "Second",
        "A new roast",
        "A new roast",
    ]
    third = network.part(network.stores[2])
    typed, sentence = filled.refused.pop(third.pk)
    assert typed == (("long " * 20).strip(),)
    assert "60 are allowed" in sentence
    assert (filled.stored, filled.refused) == (2, {})
    assert [line.text for line in lost] == ["S-9\tNobody", "S-1\tAgain", "S-4"]
    assert network.part().own == [OPEN]


def test_an_empty_cell_takes_the_common_text_again_and_an_old_page_overwrites_nothing() -> None:
    network = a_network(stores=1)
    network.run()
    spec = next(one for one in grid_fields(network.rollout) if one.name == OPEN)
    part = network.part()
    shown = network.mailing().revision
    fill(rollout=network.rollout, spec=spec, cells=[Cell(part.pk, ("Ours",), shown)], actor=network.manager)

    stale = fill(rollout=network.rollout, spec=spec, cells=[Cell(part.pk, ("Late",), shown)], actor=network.manager)
    kept = network.mailing().values[OPEN]
    fill(rollout=network.rollout, spec=spec, cells=[Cell(part.pk, ("",))], actor=network.manager)

    assert "in the meantime" in stale.refused[part.pk][1]
    assert kept == "Ours"
    assert network.mailing().values[OPEN] == "A new roast"
    assert network.part().own == []


def test_the_grid_changes_nothing_that_is_submitted_and_nothing_for_a_stranger() -> None:
    network = a_submitted(stores=1)
    spec = next(one for one in grid_fields(network.rollout) if one.name == OPEN)
    cell = Cell(network.part().pk, ("Ours",))

    filled = fill(rollout=network.rollout, spec=spec, cells=[cell], actor=network.manager)
    with pytest.raises(NotAllowed):
        fill(rollout=network.rollout, spec=spec, cells=[cell], actor=network.author)

    assert "no draft any more" in filled.refused[cell.part][1]
    assert network.mailing().values[OPEN] == "A new roast"


@pytest.mark.catalogue("M20")
def test_an_offer_is_used_in_its_window_alone_and_every_use_is_counted() -> None:
    network = a_shown(stores=2, kind=RolloutKind.ASSET)
    store, author = network.store, network.author
    with pytest.raises(Refusal):
        use(rollout=network.rollout, group=store, actor=author)
    Rollout.objects.filter(pk=network.rollout.pk).update(starts_at=timezone.now() - timedelta(seconds=1))
    network.run()

    mine = use(rollout=network.rollout, group=store, actor=author)
    save_values(mailing=mine, changes={OPEN: "Ours"}, revision=mine.revision, actor=author)
    with pytest.raises(ValuesRefused):
        save_values(mailing=mine, changes={"intro": {"html": "x"}}, revision=mine.revision, actor=author)
    neighbour = a_person(role=Role.LOCAL_SENDER, group=network.stores[1])
    with pytest.raises(NotAllowed):
        use(rollout=network.rollout, group=store, actor=neighbour)
    use(rollout=network.rollout, group=store, actor=author)
    counted = uses_by_group(network.rollout)
    before = {one.code for one in check(mine)}
    Rollout.objects.filter(pk=network.rollout.pk).update(ends_at=timezone.now())
    network.run()

    assert (mine.author, mine.values[OPEN]) == (author, "Ours")
    assert counted == {store.pk: 2}
    assert "rollout_not_offered" not in before
    assert network.rollout.state == RolloutState.COMPLETED
    assert "rollout_not_offered" in {one.code for one in check(Mailing.objects.get(pk=mine.pk))}
    with pytest.raises(Refusal):
        use(rollout=network.rollout, group=store, actor=author)
