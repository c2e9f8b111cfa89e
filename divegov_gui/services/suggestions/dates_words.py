"""The names of the months as divers write them, without accents and in lower case."""

from __future__ import annotations

import unicodedata

_NAMES = """
    january jan januar janner jenner janvier janv enero ene gennaio gen januari stycznia styczen sty janeiro leden ocak
    february feb februar feber fevrier fevr febrero febbraio februari lutego luty lut fevereiro fev unor unora subat
    march mar marz mrz mars marzo maart mrt marca marzec marco brezen brezna mart maerz
    april apr avril avr abril abr aprile kwietnia kwiecien kwi duben dubna nisan nis
    may mai mayo maggio mag mei maj maja maio kveten kvetna mayis
    june jun juni juin junio giugno giu czerwca czerwiec cze junho cerven cervna haziran haz
    july jul juli juillet juil julio luglio lug lipca lipiec lip julho cervenec cervence temmuz tem
    august aug aout agosto ago augustus sierpnia sierpien sie srpen srpna agustos agu
    september sep sept septembre septiembre settembre set wrzesnia wrzesien wrz setembro zari eylul eyl
    october oct oktober okt octobre octubre ottobre ott pazdziernika pazdziernik paz outubro out rijen rijna ekim eki
    november nov novembre noviembre listopada listopad lis novembro listopadu kasim kas
    december dec dezember dez decembre diciembre dic dicembre grudnia grudzien gru dezembro prosinec prosince aralik
"""
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "ß": "ss"})
_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate((line for line in _NAMES.splitlines() if line), start=1)
    for name in names.split()
}


def plain(text: str) -> str:
    """`text` in lower case and without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def month_number(word: str) -> int | None:
    """Which month a word of `plain` text names; None for any other word."""
    return _MONTHS.get(word)
