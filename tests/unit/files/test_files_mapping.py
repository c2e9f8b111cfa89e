"""A guess is made where a column's name leaves no doubt, and nowhere else."""

from __future__ import annotations

import pytest

from divegov_gui.core.records import FIELDS
from divegov_gui.services.files import guess_mapping

ALL = {
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "date_of_birth": "Date of birth",
    "source_reference": "User Id",
}


def test_a_common_export_is_mapped_and_the_rest_left_alone():
    columns = [
        "Index",
        "User Id",
        "First Name",
        "Last Name",
        "Sex",
        "Email",
        "Phone",
        "Date of birth",
        "Job Title",
    ]
    assert guess_mapping(columns) == ALL


@pytest.mark.parametrize(
    "spelling", [[f.name for f in FIELDS], [f.column for f in FIELDS], [f.label for f in FIELDS]]
)
def test_the_platforms_own_names_are_known(spelling):
    assert guess_mapping(spelling) == {field.name: name for field, name in zip(FIELDS, spelling, strict=True)}


@pytest.mark.parametrize(
    ("field", "column"),
    [
        *(
            ("first_name", name)
            for name in ("Vorname", "PRÉNOM", "Given name", "firstName", "first-name", "imię", "Имя")
        ),
        *(
            ("last_name", name)
            for name in ("Nachname", "Surname", "Family Name", "Apellidos", "cognome", "Příjmení")
        ),
        *(
            ("email", name)
            for name in ("E-Mail", "e mail address", "Correo electrónico", "Courriel", "Customer Email")
        ),
        *(
            ("phone", name)
            for name in ("mobile", "Tel.", "Téléphone", "Handynummer", "Cell Phone", "teléfono móvil")
        ),
        *(
            ("date_of_birth", name)
            for name in ("DOB", "birth date", "Geburtsdatum", "fecha de nacimiento", "BirthDate")
        ),
        *(
            ("date_of_birth", name)
            for name in ("Date de naissance", "Fødselsdato", "doğum tarihi", "生年月日")
        ),
        *(
            ("certification", name)
            for name in ("cert level", "Brevet", "Niveau de plongée", "Certification Level")
        ),
        *(
            ("source_reference", name)
            for name in ("Customer No", "User Id", "id", "Kunden-Nr.".replace("-Nr.", "nr"))
        ),
    ],
)
def test_usual_names_in_several_languages_are_known(field, column):
    assert guess_mapping([column]) == {field: column}


@pytest.mark.parametrize(
    "column",
    [
        *(
            "Job Title",
            "Sex",
            "Index",
            "Name",
            "Full Name",
            "Username",
            "Email verified",
            "Phone type",
            "Fax",
            "Age",
        ),
        *(
            "Place of birth",
            "Birth year",
            "Emergency contact phone",
            "Company",
            "Level",
            "Certification number",
        ),
        *(
            "Certification date",
            "Instructor email",
            "First dive",
            "Last dive",
            "Mailing list",
            "Nom",
            "Nombre",
            "Date",
        ),
        *("", "!!!", "No", "Title", "Address", "Country", "Notes", "Valid", "Modified", "Nickname", "Idle"),
    ],
)
def test_a_name_that_leaves_a_doubt_maps_to_nothing(column):
    assert guess_mapping([column]) == {}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["Name", "Vorname"], {"last_name": "Name", "first_name": "Vorname"}),
        (["Nom", "Prénom"], {"last_name": "Nom", "first_name": "Prénom"}),
        (["Nombre", "Apellidos"], {"first_name": "Nombre", "last_name": "Apellidos"}),
        (["First", "Last"], {"first_name": "First", "last_name": "Last"}),
    ],
)
def test_a_name_that_its_neighbour_makes_clear_is_known(columns, expected):
    assert guess_mapping(columns) == expected


def test_the_more_telling_of_two_columns_wins():
    assert guess_mapping(["id", "Customer No"]) == {"source_reference": "Customer No"}
    assert guess_mapping(["Mobile", "Phone"]) == {"phone": "Phone"}


def test_two_columns_named_alike_leave_a_doubt():
    assert guess_mapping(["E-Mail", "email"]) == {}


def test_no_column_is_used_twice():
    columns = [
        "id",
        "ID",
        "Email",
        "Name",
        "First",
        "Last",
        "Prénom",
        "Nom",
        "Vorname",
        "Phone",
        "Tel",
        "DOB",
    ]
    mapping = guess_mapping(columns)
    assert len(set(mapping.values())) == len(mapping)
