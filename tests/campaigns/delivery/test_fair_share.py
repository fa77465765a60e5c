"""Whose turn it is: groups share equally, small mailings come first, head office weighs more, nobody starves."""

from __future__ import annotations

from collections import Counter
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.fair_share import Line, share_out

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def line(group: UUID, *, weight: int = 1, small: tuple[UUID, ...] = (), large: tuple[UUID, ...] = ()) -> Line:
    return Line(group, weight, small, large)


def given_over(rounds: int, slots: int, lines: list[Line]) -> Counter[UUID]:
    """Shares out again and again, as a worker does with the few slots that are free at a time."""
    deficits: dict[UUID, float] = {}
    total: Counter[UUID] = Counter()
    for number in range(rounds):
        total += share_out(slots, lines, deficits, turn=number * slots)
    return total


def test_two_groups_share_equally_however_many_mailings_one_of_them_has() -> None:
    one, two, three = uuid4(), uuid4(), uuid4()

    given_out = given_over(50, 2, [line(A, large=(one, two)), line(B, large=(three,))])

    assert (given_out[one] + given_out[two], given_out[three]) == (50, 50)


def test_head_office_gets_as_many_turns_as_it_weighs() -> None:
    office, store = uuid4(), uuid4()

    given_out = given_over(100, 1, [line(A, weight=4, large=(office,)), line(B, large=(store,))])

    assert given_out == Counter({office: 80, store: 20})


def test_a_small_mailing_goes_before_a_large_one_and_does_not_starve_it() -> None:
    small, large = uuid4(), uuid4()

    given_out = given_over(25, 4, [line(A, large=(large,)), line(B, small=(small,))])

    assert given_out == Counter({small: 75, large: 25})


def test_a_slot_that_nobody_wants_is_given_to_nobody() -> None:
    assert share_out(3, [], {}, turn=0) == Counter()
    assert share_out(3, [line(A)], {}, turn=0) == Counter()


def test_a_group_of_which_nothing_waits_any_more_keeps_no_turns() -> None:
    deficits = {A: 3.0, B: 1.0}

    share_out(1, [line(B, large=(uuid4(),))], deficits, turn=0)

    assert set(deficits) == {B}


@given(
    weights=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    slots=st.integers(1, 16),
    rounds=st.integers(1, 40),
)
def test_every_slot_is_given_and_no_group_is_more_than_a_turn_behind(
    weights: list[int], slots: int, rounds: int
) -> None:
    lines = [line(UUID(int=number), weight=weight, large=(uuid4(),)) for number, weight in enumerate(weights, start=1)]

    given_out = given_over(rounds, slots, lines)

    whole = sum(given_out.values())
    assert whole == rounds * slots
    for one in lines:
        due = whole * one.weight / sum(weights)
        assert abs(given_out[one.large[0]] - due) <= sum(weights)
