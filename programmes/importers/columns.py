"""Which column of a list says what: our names in three languages, and those of Moodle, Mahara and OneRoster."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

ALIASES = {
    "name": """name fullname displayname learner learnername student studentname participant
        nombrecompleto nombreyapellidos personaenformacion alumno imieinazwisko nazwiskoiimie osobauczacasie""",
    "first": "firstname givenname forename nombre nombres imie",
    "last": "lastname familyname surname apellido apellidos nazwisko",
    "email": """email emailaddress mail workemail learneremail correo correoelectronico direcciondecorreo
        adresemail adresmail pocztaelektroniczna mejl""",
    "username": "username",
    "team": "team department equipo departamento zespol dzial",
    "cohort": "cohort cohort1 cohorte edicion promocion kohorta edycja",
    "programme": "programme program course course1 programa curso kurs",
    "employer": """employer employername organisation organization company institution empresa empleador
        organizacion institucion pracodawca firma organizacja instytucja""",
    "coach": "coach coachemail emaildelcoach emailcoacha",
    "mentor": """mentor workplacementor mentoremail tutordeempresa tutoradeempresa tutorempresa tutora
        opiekun opiekunwmiejscupracy emailopiekuna""",
    "manager": """manager linemanager manageremail linemanageremail responsable responsabledirecto
        przelozony bezposredniprzelozony emailprzelozonego""",
    "start": """start startdate startson firstday enroltimestart1 enroltimestart inicio fechadeinicio fechainicio
        primerdia poczatek rozpoczecie datarozpoczecia pierwszydzien""",
    "language": "language lang preferredlanguage idioma lengua jezyk",
    "hours": """hours contractedhours contractedhoursaweek hoursaweek weeklyhours horas horassemanales
        horasporsemana horassemanalesseguncontrato godziny godzintygodniowo godzinywtygodniu
        godzinypracywtygodniuwedlugumowy""",
    "role": "role",
    "status": "status",
    "enabled": "enableduser",
}
FIELD_OF = {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}
_ONLY_ONEROSTER = frozenset({"role", "status", "enabled"})
_PASSWORD = re.compile("password|contrasena|haslo")
_MAHARA = frozenset({"studentid", "preferredname", "officialwebsite", "introduction", "blogaddress"})


def plain(header: str) -> str:
    """A header without case, accents, spaces and signs: "E-mail address" and "Imię i nazwisko" by their letters."""
    letters = unicodedata.normalize("NFKD", header.casefold().replace("ł", "l"))
    return re.sub(r"[^a-z0-9]", "", letters)


def is_password(header: str) -> bool:
    """Whether a column holds passwords, which nobody here wants to know."""
    return bool(_PASSWORD.search(plain(header)))


def source_of(headers: Sequence[str]) -> str:
    """Where a list with these columns comes from: oneroster, mahara, moodle, or plain when it is none of them."""
    names = [plain(header) for header in headers]
    known = set(names)
    if {"givenname", "familyname"} <= known and {"sourcedid", "orgsourcedids"} & known:
        return "oneroster"
    if not {"username", "firstname", "lastname", "email"} <= known:
        return "plain"
    if _MAHARA & known or names.index("email") < names.index("firstname"):
        return "mahara"
    return "moodle"


def columns_of(headers: Sequence[str]) -> Mapping[str, int]:
    """By field the place of the first column that says it; passwords are never among them."""
    found: dict[str, int] = {}
    source = source_of(headers)
    for place, header in enumerate(headers):
        name = FIELD_OF.get(plain(header))
        if name is None or is_password(header) or (name in _ONLY_ONEROSTER and source != "oneroster"):
            continue
        found.setdefault(name, place)
    return found


def names_people(headers: Sequence[str]) -> bool:
    """Whether a row with these cells can be the first of a list of people."""
    found = columns_of(headers)
    return bool({"email", "username"} & found.keys()) and bool({"name", "first", "last"} & found.keys())
