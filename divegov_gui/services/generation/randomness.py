"""Random bits that are the same on every machine, and integer arithmetic to spend them.

Only Philox's raw 64-bit output is used: that stream is a published algorithm (Salmon et al., "Parallel random
numbers: as easy as 1, 2, 3", 2011), whereas the methods of numpy's Generator may change between versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

Words = NDArray[np.uint64]


def philox_words(key: int, stream: int, count: int) -> Words:
    """The first `count` 64-bit words of the Philox4x64-10 stream under the two-word key (`key`, `stream`)."""
    bits = np.random.Philox(key=np.array([key, stream], dtype=np.uint64))
    return bits.random_raw(count).astype(np.uint64, copy=False)


class RowBits:
    """A fixed number of random words a row, dealt out column by column.

    What a row is dealt depends on its position alone, not on how many rows come after it.
    """

    def __init__(self, key: int, stream: int, rows: int, words: int) -> None:
        self._words = np.ascontiguousarray(philox_words(key, stream, rows * words).reshape(rows, words).T)
        self._word = 0
        self._left = 64

    def take(self, width: int) -> Words:
        """The next `width` bits of each row."""
        if width > self._left:
            self._word += 1
            self._left = 64
        self._left -= width
        column: Words = self._words[self._word]
        dealt: Words = (column >> np.uint64(self._left)) & np.uint64((1 << width) - 1)
        return dealt

    def below(self, size: int | NDArray[np.int64], width: int = 20) -> NDArray[np.int64]:
        """A whole number from 0 to `size` - 1 for each row, evenly to one part in 2**`width`."""
        sizes = np.asarray(size, dtype=np.uint64)
        dealt: NDArray[np.int64] = ((self.take(width) * sizes) >> np.uint64(width)).view(np.int64)
        return dealt


class Dice:
    """Random choices one at a time, for the few rows that are worked on one by one."""

    def __init__(self, words: Sequence[int]) -> None:
        self._words = words
        self._next = 0

    def below(self, size: int) -> int:
        """A whole number from 0 to `size` - 1."""
        word = self._words[self._next % len(self._words)]
        self._next += 1
        return ((word >> 24) * size) >> 40

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        word = self._words[self._next % len(self._words)]
        self._next += 1
        return choices[((word >> 24) * len(choices)) >> 40]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The same items in another order."""
        deck = list(items)
        words, count, at = self._words, len(self._words), self._next
        for size in range(len(deck), 1, -1):  # `below` written out: the one long loop over single numbers
            other = ((words[at % count] >> 24) * size) >> 40
            deck[size - 1], deck[other] = deck[other], deck[size - 1]
            at += 1
        self._next = at
        return deck


def dice(key: int, stream: int, count: int) -> Dice:
    """Dice that throw `count` times before they repeat themselves."""
    return Dice(philox_words(key, stream, count).data)
