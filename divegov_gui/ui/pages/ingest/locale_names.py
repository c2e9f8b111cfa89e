"""What the generator's locales are called, each with a name as people there have it."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QLocale


class LocaleName(NamedTuple):
    """A locale for people: the language (and the country where several share it), and an example."""

    language: str
    example: str


_NAMES = {
    "en_US": LocaleName("English (US)", "Sean O'Connor"),
    "en_GB": LocaleName("English (UK)", "Isla Smith-Jones"),
    "en_IE": LocaleName("English (Ireland)", "Niamh Byrne"),
    "de_DE": LocaleName("German", "Jörg von Berg"),
    "fr_FR": LocaleName("French", "Zoé L'Hermitte"),
    "es_ES": LocaleName("Spanish (Spain)", "Iñaki García López"),
    "es_MX": LocaleName("Spanish (Mexico)", "Ximena Pérez Ruiz"),
    "it_IT": LocaleName("Italian", "Noemi D'Angelo"),
    "pt_BR": LocaleName("Portuguese (Brazil)", "João da Silva"),
    "pl_PL": LocaleName("Polish", "Łucja Wiśniewska"),
    "nl_NL": LocaleName("Dutch", "Sem van 't Hof"),
    "sv_SE": LocaleName("Swedish", "Åsa Bergström"),
    "cs_CZ": LocaleName("Czech", "Jiří Dvořák"),
    "vi_VN": LocaleName("Vietnamese", "Nguyễn Thị Hoa"),
    "el_GR": LocaleName("Greek", "Ελένη Παππά"),
    "uk_UA": LocaleName("Ukrainian", "Оксана Шевченко"),
    "ja_JP": LocaleName("Japanese", "佐藤 花子"),
    "ar_AA": LocaleName("Arabic", "ليلى حداد"),
}


def locale_name(code: str) -> LocaleName:
    """The name of a locale; one without an entry here is called what Qt calls it."""
    if code in _NAMES:
        return _NAMES[code]
    return LocaleName(QLocale.languageToString(QLocale(code).language()), "")
