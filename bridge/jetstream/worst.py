"""What a group of tasks failed at, as one error."""

from collections.abc import Iterator

from tritone.errors import Superseded

__all__ = ["worst"]


def worst(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """Of several failures the one that counts: having been overtaken, else the first."""
    found = list(_flat(failures))
    return next((error for error in found if isinstance(error, Superseded)), found[0])


def _flat(failures: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in failures.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _flat(error)
        else:
            yield error
