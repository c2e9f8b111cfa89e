"""Which column holds what, guessed from the columns' names; in doubt nothing is guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from divegov_gui.core.records import FIELDS

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "ð": "d", "þ": "th"})

_SYNONYMS: dict[str, str] = {
    "first_name": """
        first name; firstname; f name; given name; given names; forename; christian name;
        vorname; rufname; prénom; prenoms; primer nombre; nombre de pila; voornaam; roepnaam;
        fornavn; förnamn; imię; jméno; křestní jméno; keresztnév; etunimi;
        eesnimi; prenume; ön ad; primeiro nome; nome próprio;
        имя; ім'я; όνομα; 名; 名字
    """,
    "last_name": """
        last name; lastname; l name; surname; family name; nachname; familienname; zuname; nom de famille;
        apellido; apellidos; primer apellido; cognome; sobrenome; apelido; último nome; achternaam;
        familienaam; etternavn; efternavn; efternamn; nazwisko; příjmení; vezetéknév; sukunimi; perekonnanimi;
        nume de familie; soyad; soyadı; фамилия; прізвище; επώνυμο; 姓; 姓氏
    """,
    "email": """
        email; e mail; email address; e mail address; mail address; electronic mail; mail;
        email adresse; mailadresse; e mail adresse; courriel; adresse email; adresse e mail; adresse mail;
        adresse électronique; correo; correo electrónico; email correo electrónico; dirección de correo;
        indirizzo email; indirizzo e mail; posta elettronica; endereço de email; correio eletrônico;
        correio eletrónico; e mailadres; e postadress; e post; epost; e posta; sähköposti; adres e mail;
        почта; электронная почта; эл почта; メール; メールアドレス; 电子邮件; 邮箱
    """,
    "phone": """
        phone; phone number; phone no; telephone; telephone number; telephone no; tel; tel no; tel nr;
        mobile; mobile phone; mobile number; mobile no; cell; cell phone; cellphone; cell number;
        telefon; telefonnummer; telefon nr; rufnummer; handy; handynummer; handy nr; mobil; mobiltelefon;
        mobilnummer; téléphone; numéro de téléphone; tél; téléphone portable; tel portable; téléphone mobile;
        teléfono; número de teléfono; móvil; teléfono móvil; celular; telefono; numero di telefono; cellulare;
        telefone; número de telefone; telemóvel; telefoon; telefoonnummer; gsm; telefonszám; puhelin;
        puhelinnumero; numer telefonu; telefonní číslo; cep telefonu; телефон; номер телефона; τηλέφωνο;
        電話; 電話番号; 电话; 手机
    """,
    "date_of_birth": """
        date of birth; dob; d o b; birth date; birthdate; birthday; date birth; bday; born on;
        geburtsdatum; geburtstag; geb datum; gebdat; geboren am; geb am; date de naissance; date naissance;
        né le; née le; fecha de nacimiento; fecha nacimiento; fec nacimiento; f nacimiento; fecha nac;
        data di nascita; data nascita; data de nascimento; data nascimento; geboortedatum; fødselsdato;
        födelsedatum; data urodzenia; datum narození; születési dátum; syntymäaika; sünniaeg; data nașterii;
        doğum tarihi; дата рождения; дата народження; ημερομηνία γέννησης; 生年月日; 出生日期
    """,
    "certification": """
        certification; certification level; cert level; cert; highest certification; dive certification;
        diving certification; diver certification; diver level; dive level; diving level; scuba certification;
        scuba level; padi level; ssi level; brevet; brevetstufe; tauchbrevet; tauchschein; tauchstufe;
        zertifizierung; niveau de plongée; niveau plongée; brevet de plongée; certificación;
        nivel de certificación; nivel de buceo; titulación de buceo; certificazione;
        livello di certificazione; brevetto; brevetto sub; certificação; nível de certificação; duikbrevet;
        certificering; dykkersertifikat
    """,
    "source_reference": """
        source reference; source ref; source id; external id; external reference; external ref;
        customer no; customer number; customer nr; customer id; client no; client number; client id;
        member no; member number; member nr; member id; membership no; membership number; membership id;
        diver no; diver number; diver id; user id; user no; user number; person id; contact id; account id;
        record id; reference number; reference no; reference id; ref no; kundennummer; kundennr; kunden id;
        mitgliedsnummer; mitgliedsnr; mitglieds id; taucher id; benutzer id; numéro client; numéro de client;
        n client; id client; numéro adhérent; número de cliente; id cliente; número de socio; id usuario;
        codice cliente; id utente; número do cliente; klantnummer; klant id; lidnummer; kundnummer;
        medlemsnummer; numer klienta; uuid; guid; id
    """,
}
"""Each field's names, the more telling first: that is the one that wins where a file has several."""

_IN_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("name", "last_name", "vorname voornaam firstname givenname forename fornavn fornamn prenom"),
    ("naam", "last_name", "voornaam"),
    ("nom", "last_name", "prenom prenoms"),
    ("nombre", "first_name", "apellido apellidos primerapellido"),
    ("nombres", "first_name", "apellido apellidos"),
    ("nome", "first_name", "cognome sobrenome apelido"),
    ("prenome", "first_name", "cognome sobrenome apelido"),
    ("first", "first_name", "last"),
    ("last", "last_name", "first"),
    ("given", "first_name", "family"),
    ("family", "last_name", "given"),
    ("ad", "first_name", "soyad"),
    ("adi", "first_name", "soyadi"),
)
"""Names that may also stand for the whole name: they count only beside one of the partners."""

_OWNERS = ("diver", "customer", "client", "member", "contact", "guest", "student", "person")
_OWNED = frozenset({"first_name", "last_name", "email", "phone", "date_of_birth"})


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """The columns that certainly hold a field, as field name -> column; every column is used once.

    Case, accents, white space and punctuation make no difference. Fields that no column names for certain
    are left out, and so are columns that are named alike.
    """
    folded: dict[str, str] = {}
    names_alike: set[str] = set()
    for column in columns:
        if folded.setdefault(fold(column), column) != column:
            names_alike.add(fold(column))
    for name in names_alike:
        del folded[name]
    mapping: dict[str, str] = {}
    for field in FIELDS:
        names = [*_NAMES[field.name], *_paired_names(field.name, folded)]
        found = next((folded[each] for each in names if each in folded), None)
        if found is not None and found not in mapping.values():
            mapping[field.name] = found
    return mapping


def fold(name: str) -> str:
    """A name without case, accents, white space and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return "".join(character for character in plain if character.isalnum()).translate(_LETTERS)


def _paired_names(field: str, present: dict[str, str]) -> list[str]:
    return [
        name
        for name, named, partners in _IN_PAIRS
        if named == field and not present.keys().isdisjoint(partners.split())
    ]


def _names_of(field: str, column: str, label: str) -> list[str]:
    own = [fold(field), fold(column), fold(label)]
    names = [*own, *(fold(name) for name in _SYNONYMS[field].split(";"))]
    if field in _OWNED:
        names += [owner + name for name in names for owner in _OWNERS]
        names += [name + "1" for name in own]
    return list(dict.fromkeys(names))


_NAMES: dict[str, list[str]] = {
    field.name: _names_of(field.name, field.column, field.label) for field in FIELDS
}
