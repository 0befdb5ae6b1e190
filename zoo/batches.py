"""Forward passes over many clips, in batches that fit the memory."""

import logging
from collections.abc import Callable
from typing import TypeVar

from zoo.weights import TooLittleMemory, is_out_of_memory

Result = TypeVar("Result")

log = logging.getLogger(__name__)


def in_batches(
    act: Callable[[slice], Result], count: int, most: int, free: Callable[[], None]
) -> tuple[list[Result], int]:
    """Let `act` work on slices of `count` clips, of at most `most` each.

    When the device is out of memory, `free` is called and the batch is halved and tried again.  Returns the
    results in order, and the batch size that fitted.  Raises TooLittleMemory if one clip does not fit.
    """
    results: list[Result] = []
    start, size, freed = 0, most, False
    while start < count or not results:
        result = attempt(act, slice(start, min(count, start + size)))
        if result is not None:
            results.append(result)
            start += size
            continue
        if freed and size == 1:
            raise TooLittleMemory(
                "There is too little memory for one clip beside this model; close other programs, choose a "
                "smaller model, or let it run on the processor with BENCHSCRIBE_DEVICE=cpu."
            )
        free()
        freed, tried = True, max(1, min(size, count - start))
        size = max(1, tried // 2)
        log.warning("out of memory with %d clips in one forward pass; trying %d", tried, size)
    return results, size


def attempt(act: Callable[..., Result], *arguments: object) -> Result | None:
    """The result, or None if the device is out of memory; what the attempt allocated is free by then."""
    try:
        return act(*arguments)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        return None
