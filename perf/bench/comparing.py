"""Two ways compared round by round: what machines do meanwhile falls on both ways of a round.

Rounds differ more than the two ways do, so the ratio is taken within a round, and the median and
the quartiles over rounds are what is told. Quartiles are those of the inclusive method: linear
between the ordered values, as numpy's and R's default (type 7).
"""

import statistics
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

__all__ = ["Spread", "differences", "order", "ratios", "spread"]

Thing = TypeVar("Thing")


class Spread(msgspec.Struct, frozen=True):
    """A median with its quartiles, and the values that it is of."""

    median: float
    low: float
    high: float
    values: tuple[float, ...]


def spread(values: Sequence[float]) -> Spread | None:
    """Of values: median and quartiles; None of none."""
    if not values:
        return None
    if len(values) == 1:
        return Spread(values[0], values[0], values[0], tuple(values))
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high, tuple(values))


def ratios(one: Mapping[int, float], other: Mapping[int, float]) -> Spread | None:
    """`one` over `other`, of the rounds that have both, where the other is not 0."""
    return spread([one[number] / other[number] for number in one if other.get(number)])


def differences(one: Mapping[int, float], other: Mapping[int, float]) -> Spread | None:
    """`one` less `other`, of the rounds that have both."""
    return spread([one[number] - other[number] for number in one if number in other])


def order(things: Sequence[Thing], number: int) -> list[Thing]:
    """The turn of things in a round: there and back, each pair beginning one further on.

    So everybody is first, last and next to everybody else equally often: what the machine
    does slowly (heat, a neighbour) and what one leaves to the next falls on all alike.
    """
    turned = [things[(place + number // 2) % len(things)] for place in range(len(things))]
    return turned[::-1] if number % 2 else turned
