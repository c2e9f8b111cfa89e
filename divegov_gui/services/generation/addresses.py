"""Email addresses as people choose them, no two alike, all in domains reserved for examples (RFC 2606).

An address is a name, a separator, a number and a host. Separator, number and host spell out one number below
2**25, so rows with distinct numbers have distinct addresses whatever their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from divegov_gui.services.generation.permutation import BITS
from divegov_gui.services.generation.randomness import RowBits, Words
from divegov_gui.services.generation.sheet import EMAIL, Column
from divegov_gui.services.generation.vocabulary import BETWEEN, Numbers, Texts, Vocabulary, texts


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


_HOSTS = _words(
    "example.com example.net example.org mail.example.com post.example.net "
    "reefmail.example tidemail.example bluewater.example divepost.example seamail.example lagoon.example "
    "coralmail.example deepblue.example saltwater.example anchor.example harbour.example wavemail.example "
    "nauticmail.example oceanpost.example freemail.example webpost.example inbox.example quickmail.example "
    "mailbox.example netpost.example homemail.example fastpost.example citymail.example mymail.example "
    "postbox.example openmail.example skymail.example sunmail.example northmail.example southpost.example "
    "telepost.example fibermail.example broadnet.example uninet.example campus.example alumni.example "
    "scubaclub.example diveshop.example bubbles.example finkick.example drysuit.example atoll.example "
    "manta-mail.example reef-post.example blue-hole.example sea-breeze.example isle.example "
    "lighthouse.example kelp.example driftwood.example seagrass.example monsoon.example archipelago.example "
    "currents.example thermocline.example plankton.example nitrox.example surface.example coastline.example"
)
_HOST_BITS = 6
_SEPARATORS = ("", "_", ".", "-")
_SEPARATOR_BITS = 2

_ADJECTIVES = _words(
    "blue deep wet salty silent happy lazy lucky sunny brave calm misty wild golden silver tiny big red "
    "old free night ocean sea coral"
)
_CREATURES = _words(
    "manta turtle dolphin shark octopus seahorse nemo whale marlin barracuda otter seal squid nautilus "
    "puffer wrasse grouper lobster urchin starfish diver bubbles mermaid captain"
)

# The words that an address is made of: where each kind stands in `AddressBook.tokens`, and what it is a form of.
_FIRST, _FIRST_DOT, _FIRST_LINE, _INITIAL, _INITIAL_DOT, _LAST, _LAST_DOT = range(7)
_LAST_INITIAL, _ADJECTIVE, _CREATURE, _NOTHING = range(7, 11)
_IS_OF = (0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4)
_FORMS = (
    # of 256, first word, second word
    (96, _FIRST_DOT, _LAST),
    (44, _INITIAL, _LAST),
    (30, _FIRST, _LAST),
    (20, _FIRST_LINE, _LAST),
    (16, _LAST_DOT, _FIRST),
    (12, _INITIAL_DOT, _LAST),
    (12, _FIRST, _NOTHING),
    (10, _FIRST, _LAST_INITIAL),
    (8, _FIRST_DOT, _CREATURE),
    (8, _ADJECTIVE, _CREATURE),
)
_HANDLE = len(_FORMS) - 1


@dataclass(frozen=True)
class AddressBook:
    """The parts of addresses over one vocabulary: all in `tokens`, each kind from its `start`."""

    tokens: Texts
    start: Numbers

    def write(
        self, first: Numbers, last: Numbers, romanised: NDArray[np.bool_], numbers: Words, bits: RowBits
    ) -> dict[str, Column]:
        """Addresses for people of these names.

        A name that cannot be romanised goes by a handle.
        """
        dealt = _form_of_256()[bits.take(8).astype(np.int64)]
        form = np.where(romanised, dealt, _HANDLE)
        adjective, creature = bits.below(len(_ADJECTIVES)), bits.below(len(_CREATURES))
        drawn = np.concatenate([first, last, adjective, creature, np.zeros_like(first)])
        row = np.arange(len(first))
        host, rest = _split(numbers, _HOST_BITS)
        separator, left = _split(rest, _SEPARATOR_BITS)
        number = left.astype(np.int64)
        beginning = number // 100
        ending = number - 100 * beginning + 100 * (beginning == 0)
        one, two = (self.start[kind] + drawn[_of()[kind] * len(first) + row] for kind in _words_of()[:, form])
        columns = (
            Column(one, self.tokens),
            Column(two, self.tokens),
            Column(beginning * len(_SEPARATORS) + separator, _number_beginnings()),
            Column(ending * len(_HOSTS) + host, _hosts()),
        )
        return dict(zip(EMAIL, columns, strict=True))


def _split(numbers: Words, bits: int) -> tuple[Numbers, Words]:
    """The lowest `bits` bits, and the rest."""
    return (numbers & np.uint64(2**bits - 1)).astype(np.int64), numbers >> np.uint64(bits)


@lru_cache(maxsize=1)
def _form_of_256() -> Numbers:
    return np.repeat(np.arange(len(_FORMS)), [form[0] for form in _FORMS])


@lru_cache(maxsize=1)
def _words_of() -> Numbers:
    """The kinds of the first and of the second word of each form."""
    words: Numbers = np.array([form[1:] for form in _FORMS]).T
    return words


@lru_cache(maxsize=1)
def _of() -> Numbers:
    return np.array(_IS_OF)


@lru_cache(maxsize=1)
def _number_beginnings() -> Texts:
    """For each number without its last two digits, each separator and that number."""
    most = 2 ** (BITS - _HOST_BITS - _SEPARATOR_BITS) // 100
    return texts([f"{separator}{number or ''}" for number in range(most + 1) for separator in _SEPARATORS])


@lru_cache(maxsize=1)
def _hosts() -> Texts:
    """For each pair of last digits, each host behind them; then the same for numbers that have no more digits."""
    endings = [f"{digits:02}" for digits in range(100)] + [f"{digits}" for digits in range(100)]
    return texts([f"{digits}@{host}" for digits in endings for host in _HOSTS])


@lru_cache(maxsize=4)
def address_book(words: Vocabulary) -> AddressBook:
    """The address book over `words`."""
    first, last = words.first.latins, words.last.latins
    firsts, lasts = first.split(BETWEEN), last.split(BETWEEN)
    initials, last_initials = [name[:1] for name in firsts], [name[:1] for name in lasts]
    dotted = {initial: f"{initial}." for initial in {*initials}}
    kinds: tuple[Sequence[str], ...] = (
        firsts,
        _each_with(first, "."),
        _each_with(first, "_"),
        initials,
        [dotted[initial] for initial in initials],
        lasts,
        _each_with(last, "."),
        last_initials,
        _ADJECTIVES,
        _CREATURES,
        [""],
    )
    lengths = np.array([len(kind) for kind in kinds])
    return AddressBook(texts([*chain.from_iterable(kinds)]), np.cumsum(lengths) - lengths)


def _each_with(names: str, mark: str) -> list[str]:
    """Each of `names` with `mark` behind it; all at once, since there are many."""
    return f"{names.replace(BETWEEN, mark + BETWEEN)}{mark}".split(BETWEEN)
