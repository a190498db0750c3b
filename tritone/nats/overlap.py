"""Whether subjects with wildcards can mean the same message.

`*` stands for one token and a last `>` for one or more:
https://docs.nats.io/nats-concepts/subjects#wildcards
"""

from itertools import zip_longest

__all__ = ["overlap"]


def overlap(one: str, other: str) -> bool:
    """Whether there is a subject that both match; streams must not share one."""
    for left, right in zip_longest(one.split("."), other.split(".")):
        if left is None or right is None:
            return False
        if ">" in (left, right):
            return True
        if left != right and "*" not in (left, right):
            return False
    return True
