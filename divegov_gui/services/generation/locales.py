"""How people of each country write their names and telephone numbers, over the words that Faker has.

A name style is a format of one or two words of the list: ``{0}-{1}`` makes Smith-Jones. In a telephone number
``#`` is any digit and ``$`` one from 2 to 9. Where a regulator sets numbers aside for fiction (555 in North
America; Ofcom's and Arcep's drama ranges) those are used; elsewhere they are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

Styles = tuple[tuple[str, int], ...]

_AS_IS: Styles = (("{0}", 1),)
_WITH_INITIAL: Styles = (("{0}", 22), ("{0} {1[0]}.", 1))
_SOMETIMES_JOINED: Styles = (("{0}", 14), ("{0}-{1}", 1))
_BOTH_PARENTS: Styles = (("{0} {1}", 5), ("{0}", 1))


@dataclass(frozen=True)
class LocaleProfile:
    """One country's names and telephone numbers.

    The four `…_male`, `…_female` tuples name attributes of Faker's provider, `middle` the list that the
    second word of a first name comes from. `extra_last` are surnames in forms that Faker's list lacks,
    `feminine` the endings that a woman's surname changes, `script` how a name becomes the Latin letters of an
    address. Words of a list that consist of more than `most_words` are left out, as are those after the first
    `most_of_a_list`.
    """

    phones: tuple[str, ...]
    first_male: tuple[str, ...] = ("first_names_male",)
    first_female: tuple[str, ...] = ("first_names_female",)
    last_male: tuple[str, ...] = ("last_names",)
    last_female: tuple[str, ...] = ("last_names",)
    middle: tuple[str, ...] = ()
    first_styles: Styles = _AS_IS
    last_styles: Styles = _AS_IS
    extra_last: tuple[str, ...] = ()
    feminine: tuple[tuple[str, str], ...] = ()
    script: str = "latin"
    most_words: int = 3
    most_of_a_list: int = 4000


_PROFILES: dict[str, LocaleProfile] = {
    "en_US": LocaleProfile(
        first_styles=_WITH_INITIAL,
        last_styles=(("{0}", 40), ("{0}-{1}", 1)),
        extra_last=("O'Connor", "O'Brien", "O'Neal", "D'Angelo", "McAllister", "MacKenzie", "St. James"),
        phones=(
            "($#$) 555-####",
            "($#$) 555-####",
            "$#$-555-####",
            "$#$-555-####",
            "$#$.555.####",
            "$#$ 555 ####",
            "$#$555####",
            "+1 $#$ 555 ####",
            "+1 ($#$) 555-####",
            "+1-$#$-555-####",
            "1-$#$-555-####",
            "$#$-555-####x###",
            "($#$) 555-#### x##",
        ),
    ),
    "en_GB": LocaleProfile(
        last_styles=_SOMETIMES_JOINED,
        extra_last=("MacDonald", "McKay", "Smith-Jones", "Bowes-Lyon", "FitzGerald", "St John"),
        phones=(
            "07700 900###",
            "07700 900 ###",
            "07700900###",
            "+44 7700 900###",
            "+447700900###",
            "+44 (0)7700 900 ###",
            "(0113) 496 0###",
            "0114 496 0###",
            "0115 496 0###",
            "(0117) 496 0###",
            "0118 496 0###",
            "0121 496 0###",
            "0131 496 0###",
            "+44 141 496 0###",
            "0151 496 0###",
            "0161 496 0###",
            "+44 161 496 0###",
            "(020) 7946 0###",
            "020 7946 0###",
            "+44 20 7946 0###",
            "029 2018 0###",
            "0191 498 0###",
        ),
    ),
    "en_IE": LocaleProfile(
        last_styles=(("{0}", 40), ("{0}-{1}", 1)),
        phones=(
            "085 $## ####",
            "087 $## ####",
            "+353 86 $## ####",
            "+353 83 $######",
            "(01) $## ####",
            "021 $## ####",
        ),
    ),
    "de_DE": LocaleProfile(
        last_styles=_SOMETIMES_JOINED,
        extra_last=(
            "von Berg",
            "von der Heide",
            "Müller-Lüdenscheidt",
            "zur Mühlen",
            "Großmann",
            "Weiß",
            "Öztürk",
        ),
        script="german",
        phones=(
            "+49 151 $#######",
            "+49 17$ #######",
            "0171 $######",
            "0160-$######",
            "0176 ########",
            "030 $#######",
            "(030) $#######",
            "+49 (0)30 #######",
            "+49-172-#######",
            "089 $## ## ##",
            "0221 $#####",
        ),
    ),
    "fr_FR": LocaleProfile(
        first_styles=(("{0}", 20), ("{0}-{1}", 1)),
        last_styles=_SOMETIMES_JOINED,
        extra_last=("D'Aubigné", "L'Hermitte", "de La Fontaine", "Le Bihan", "d'Estienne", "Le Floc'h"),
        phones=(
            "06 39 98 ## ##",
            "06 39 98 ## ##",
            "06.39.98.##.##",
            "063998####",
            "+33 6 39 98 ## ##",
            "+33 (0)6 39 98 ## ##",
            "+3363998####",
            "01 99 00 ## ##",
            "02 61 91 ## ##",
            "03-53-01-##-##",
            "04 65 71 ## ##",
            "+33 5 36 49 ## ##",
        ),
    ),
    "es_ES": LocaleProfile(
        last_styles=_BOTH_PARENTS,
        extra_last=("García López", "de la Cruz Romero", "del Río Campos", "Ibáñez-Núñez", "de la Fuente"),
        phones=(
            "6## ### ###",
            "6## ## ## ##",
            "6########",
            "+34 6## ### ###",
            "+34 9## ## ## ##",
            "0034 6## ### ###",
        ),
    ),
    "es_MX": LocaleProfile(
        last_styles=_BOTH_PARENTS,
        phones=("55 #### ####", "+52 55 #### ####", "(33) #### ####", "+52 998 ### ####", "984-###-####"),
    ),
    "it_IT": LocaleProfile(
        last_styles=(("{0}", 30), ("{0}-{1}", 1)),
        extra_last=(
            "D'Angelo",
            "D'Amico",
            "Dell'Acqua",
            "De Luca",
            "Lo Presti",
            "Di Stefano",
            "D'Alessandro",
        ),
        phones=(
            "3$# $## ####",
            "3$# $######",
            "+39 3$# $## ####",
            "+39 02 $### ####",
            "06 $### ####",
            "02-$#######",
        ),
    ),
    "pt_BR": LocaleProfile(
        last_styles=(("{0}", 2), ("{0} {1}", 3)),
        extra_last=("da Silva", "dos Santos", "da Silva e Souza", "Sant'Anna", "d'Ávila", "de Araújo"),
        phones=(
            "(11) 9####-####",
            "(21) 9####-####",
            "11 9####-####",
            "+55 11 9####-####",
            "+55 (48) 9####-####",
            "(81) 3###-####",
            "+5571 9########",
        ),
    ),
    "pl_PL": LocaleProfile(
        last_male=("male_last_names", "unisex_last_names"),
        last_female=("male_last_names", "unisex_last_names"),
        last_styles=(("{0}", 20), ("{0}-{1}", 1)),
        feminine=(("ski", "ska"), ("cki", "cka"), ("dzki", "dzka")),
        most_of_a_list=200,
        phones=(
            "5## ### ###",
            "6########",
            "+48 5## ### ###",
            "+48 7## ### ###",
            "22 ### ## ##",
            "(58) ### ## ##",
        ),
    ),
    "nl_NL": LocaleProfile(
        most_words=2,
        extra_last=("van den Berg", "de Vries", "van 't Hof", "van der Meer", "in 't Veld", "ter Beek"),
        phones=(
            "06 ########",
            "06-########",
            "+31 6 ########",
            "+31 6 #### ####",
            "020 ### ####",
            "(010) #######",
        ),
    ),
    "sv_SE": LocaleProfile(
        phones=("070-### ## ##", "073 ### ## ##", "+46 70 ### ## ##", "+46 (0)76 ### ## ##", "08-### ### ##"),
    ),
    "cs_CZ": LocaleProfile(
        last_male=("last_names_male",),
        last_female=("last_names_female",),
        phones=("60$ ### ###", "7## ### ###", "+420 6## ### ###", "+420 77# ### ###"),
    ),
    "vi_VN": LocaleProfile(
        first_male=("first_names_male", "first_names_unisex"),
        first_female=("first_names_female", "first_names_unisex"),
        middle=("middle_names",),
        first_styles=(("{1} {0}", 3), ("{0}", 2)),
        phones=("09# ### ## ##", "09########", "+84 9# ### ####", "03# ### ####", "(028) #### ####"),
    ),
    "el_GR": LocaleProfile(
        last_male=("last_names_male",),
        last_female=("last_names_female",),
        script="greek",
        phones=("69# $## ####", "69#$######", "+30 69# $## ####", "210 $## ####", "+30 210 $## ####"),
    ),
    "uk_UA": LocaleProfile(
        last_male=("last_names_male",),
        last_female=("last_names_female",),
        script="cyrillic",
        phones=(
            "+380 67 $## ## ##",
            "+380 50 $## ####",
            "067 $## ## ##",
            "(044) $## ## ##",
            "+38 (050) $##-##-##",
        ),
    ),
    "ja_JP": LocaleProfile(
        first_male=("first_name_male_pairs",),
        first_female=("first_name_female_pairs",),
        last_male=("last_name_pairs",),
        last_female=("last_name_pairs",),
        script="romanised",
        phones=("090-$###-####", "080-$###-####", "070-$###-####", "+81 90-$###-####", "03-$###-####"),
    ),
    "ar_AA": LocaleProfile(
        script="unromanised",
        most_words=2,
        phones=("010########", "+20 10 ########", "+20 12 #### ####", "011-########", "(02) #### ####"),
    ),
}

AVAILABLE_LOCALES: tuple[str, ...] = tuple(_PROFILES)
"""What a request's `locales` may name, in Faker's spelling."""

DEFAULT_LOCALES: tuple[str, ...] = (
    "en_US",
    "en_GB",
    "en_IE",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "pt_BR",
    "pl_PL",
    "vi_VN",
    "ja_JP",
    "el_GR",
    "uk_UA",
    "ar_AA",
)
"""Accents, apostrophes, double surnames and four alphabets that are not Latin."""


def profile(locale: str) -> LocaleProfile:
    """What is known of `locale`, one of AVAILABLE_LOCALES."""
    return _PROFILES[locale]
