"""Email addresses as people choose them, no two alike, all in domains reserved for examples (RFC 2606).

An address is a name, a separator, a number and a host. Separator, number and host spell out one number below
2**25, so rows with distinct numbers have distinct addresses whatever their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from divegov_gui.services.generation.randomness import RowBits, Words
from divegov_gui.services.generation.vocabulary import Numbers, Texts, Vocabulary, texts


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

# The parts an address can begin with, and where each stands in `AddressBook.tokens`.
_FIRST, _INITIAL, _LAST, _LAST_INITIAL, _ADJECTIVE, _CREATURE, _NOTHING = range(7)
_FORMS = (
    # of 256, first part, between, second part
    (96, _FIRST, ".", _LAST),
    (44, _INITIAL, "", _LAST),
    (30, _FIRST, "", _LAST),
    (20, _FIRST, "_", _LAST),
    (16, _LAST, ".", _FIRST),
    (12, _INITIAL, ".", _LAST),
    (12, _FIRST, "", _NOTHING),
    (10, _FIRST, "", _LAST_INITIAL),
    (8, _FIRST, ".", _CREATURE),
    (8, _ADJECTIVE, "", _CREATURE),
)
_HANDLE = len(_FORMS) - 1


@dataclass(frozen=True)
class AddressBook:
    """The parts of addresses over one vocabulary: all in `tokens`, each kind from its `start`."""

    tokens: Texts
    start: Numbers

    def write(
        self, first: Numbers, last: Numbers, romanised: NDArray[np.bool_], numbers: Words, bits: RowBits
    ) -> list[str]:
        """Addresses for people of these names; a name that cannot be romanised goes by a handle."""
        dealt = _form_of_256()[bits.take(8).astype(np.int64)]
        form = np.where(romanised, dealt, _HANDLE)
        adjective, creature = bits.below(len(_ADJECTIVES)), bits.below(len(_CREATURES))
        nothing = np.zeros_like(first)
        parts = np.stack([first, first, last, last, adjective, creature, nothing]) + self.start[:, None]
        row = np.arange(len(first))
        one = self.tokens[parts[_first_part()[form], row]].tolist()
        between = _between()[form].tolist()
        two = self.tokens[parts[_second_part()[form], row]].tolist()
        host = texts(_HOSTS)[(numbers & np.uint64(2**_HOST_BITS - 1)).astype(np.int64)].tolist()
        rest = numbers >> np.uint64(_HOST_BITS)
        separator = texts(_SEPARATORS)[(rest & np.uint64(2**_SEPARATOR_BITS - 1)).astype(np.int64)].tolist()
        number = (rest >> np.uint64(_SEPARATOR_BITS)).tolist()
        return [
            f"{a}{b}{c}{s}{n}@{h}"
            for a, b, c, s, n, h in zip(one, between, two, separator, number, host, strict=True)
        ]


@lru_cache(maxsize=1)
def _form_of_256() -> Numbers:
    return np.repeat(np.arange(len(_FORMS)), [form[0] for form in _FORMS])


@lru_cache(maxsize=1)
def _first_part() -> Numbers:
    return np.array([form[1] for form in _FORMS])


@lru_cache(maxsize=1)
def _between() -> Texts:
    return texts([form[2] for form in _FORMS])


@lru_cache(maxsize=1)
def _second_part() -> Numbers:
    return np.array([form[3] for form in _FORMS])


@lru_cache(maxsize=4)
def address_book(words: Vocabulary) -> AddressBook:
    """The address book over `words`."""
    first, last = words.first.latins, words.last.latins
    kinds: tuple[Sequence[str], ...] = (
        first,
        [name[:1] for name in first],
        last,
        [name[:1] for name in last],
        _ADJECTIVES,
        _CREATURES,
        [""],
    )
    lengths = np.array([len(kind) for kind in kinds])
    return AddressBook(texts([part for kind in kinds for part in kind]), np.cumsum(lengths) - lengths)
