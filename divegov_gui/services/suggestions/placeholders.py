"""What people write into a field that they have nothing to write into."""

from __future__ import annotations

import re


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(";"))


_NOTHING = _phrases(
    """
    n/a; #n/a; na; n.a.; n.a; n / a; none; (none); no; nil; null; nan; unknown; unknwon; unk; not known; not available;
    not given; keine; kein; unbekannt; inconnu; aucun; aucune; desconocido; ninguno; ninguna; sconosciuto; nessuno;
    brak; nieznany; nie dotyczy; onbekend; geen; ukendt; okänd; ingen; neznámý; žádný; tbd; tba; tbc; to be advised;
    to follow; missing; empty; blank; undefined; test; xxx; xx; x; 0; no phone; no number; kein telefon; none yet;
    not certified; no certification; not yet certified
    """
)
_ELSEWHERE = _phrases(
    "see card; siehe karte; see above; see remarks; same; same as last year; yes; ja; oui; si; tak; ask at reception"
)


def says_nothing(value: str) -> bool:
    """Whether `value` only says that there is nothing to say: ``n/a``, ``unknown``, ``???``."""
    text = _folded(value)
    return text in _NOTHING or not any(letter.isalnum() for letter in text)


def points_elsewhere(value: str) -> bool:
    """Whether `value` says where the value is, and not what: ``see card``, ``yes``."""
    return _folded(value) in _ELSEWHERE


def _folded(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip().casefold()
