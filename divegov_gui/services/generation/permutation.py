"""A keyed shuffle of the numbers below 2**25: distinct row numbers become distinct, unordered numbers.

Row 1 and row 2 of a data set get addresses that look unrelated, and no two rows ever share one, without
anything having to remember what was handed out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from divegov_gui.services.generation.randomness import Words, philox_words

BITS = 25
"""2**25 = 33,554,432 numbers: enough for the 30 million rows that one request may ask for."""

_MASK = np.uint64((1 << BITS) - 1)
_ROUNDS = 4
_SHIFT = np.uint64(13)


class Permutation:
    """One bijection of 0 … 2**25 - 1 onto itself, chosen by a key.

    Each round adds a constant, multiplies by an odd constant (both modulo 2**25) and folds the upper half
    onto the lower: every step can be undone, so no two numbers meet.
    """

    def __init__(self, key: int, stream: int) -> None:
        constants = philox_words(key, stream, 2 * _ROUNDS) & _MASK
        self._offsets = constants[:_ROUNDS]
        self._factors = constants[_ROUNDS:] | np.uint64(1)

    def __call__(self, numbers: NDArray[np.int64]) -> Words:
        """Where each of `numbers` goes."""
        shuffled: Words = numbers.astype(np.uint64) & _MASK
        for offset, factor in zip(self._offsets, self._factors, strict=True):
            shuffled = ((shuffled + offset) * factor) & _MASK
            shuffled ^= shuffled >> _SHIFT
        return shuffled
