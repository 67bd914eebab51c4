"""Words shared by all: closed lists with an English and a Spanish label each.

Read by models (CHECK constraints), importers, forms and pages. Plain data: no database, no web.
The first word of a pair is what is stored and exchanged; labels are what people read.
"""

from typing import NamedTuple


class Label(NamedTuple):
    """What people read for a word."""

    en: str
    es: str


SERVICE_STATUSES = {
    "active": Label("Active", "Activo"),
    "inactive": Label("Inactive", "Inactivo"),
    "defunct": Label("Closed for good", "Cerrado definitivamente"),
    "temporarily closed": Label("Temporarily closed", "Cerrado temporalmente"),
}

LOCATION_TYPES = {
    "physical": Label("A place", "Un lugar"),
    "postal": Label("A postal address", "Una dirección postal"),
    "virtual": Label("Online or by phone", "En línea o por teléfono"),
}

POINT_PRECISIONS = {
    "address": Label("At the address", "En la dirección"),
    "street": Label("Near the address, on its street", "Cerca de la dirección, en su calle"),
    "zip": Label("Somewhere in the ZIP area", "En algún lugar del código postal"),
    "unknown": Label("Not known", "No se sabe"),
}

# Who finds the point of an address, in the order in which they are asked; the last three over the
# network, where GEOCODERS names them.
GEOCODERS = {
    "parcels": Label("Hamilton County's parcels", "Parcelas del condado de Hamilton"),
    "zip_area": Label("The middle of the ZIP area", "El centro del código postal"),
    "census": Label("US Census", "Censo de EE. UU."),
    "nominatim": Label("Nominatim (OpenStreetMap)", "Nominatim (OpenStreetMap)"),
    "arcgis": Label("ArcGIS", "ArcGIS"),
}

# Grades as numbers, so that "low to high" can be compared.
GRADES = {
    -1: Label("Pre-K", "Prekínder"),
    0: Label("Kindergarten", "Kínder"),
    1: Label("Grade 1", "1.er grado"),
    2: Label("Grade 2", "2.º grado"),
    3: Label("Grade 3", "3.er grado"),
    4: Label("Grade 4", "4.º grado"),
    5: Label("Grade 5", "5.º grado"),
    6: Label("Grade 6", "6.º grado"),
    7: Label("Grade 7", "7.º grado"),
    8: Label("Grade 8", "8.º grado"),
    9: Label("Grade 9", "9.º grado"),
    10: Label("Grade 10", "10.º grado"),
    11: Label("Grade 11", "11.º grado"),
    12: Label("Grade 12", "12.º grado"),
}

# How rosters and partners write a grade (OneRoster's CEDS codes among them).
GRADE_NUMBERS = {
    "PK": -1,
    "PREK": -1,
    "PRE-K": -1,
    "K": 0,
    "KG": 0,
    **{str(number): number for number in range(1, 13)},
    **{f"{number:02d}": number for number in range(1, 10)},
}

WEEKDAYS = {
    "MO": Label("Monday", "lunes"),
    "TU": Label("Tuesday", "martes"),
    "WE": Label("Wednesday", "miércoles"),
    "TH": Label("Thursday", "jueves"),
    "FR": Label("Friday", "viernes"),
    "SA": Label("Saturday", "sábado"),
    "SU": Label("Sunday", "domingo"),
}

SCHEDULE_FREQUENCIES = {
    "WEEKLY": Label("Every week", "Cada semana"),
    "MONTHLY": Label("Every month", "Cada mes"),
}

TRAVEL_MODES = {
    "car": Label("By car", "En carro"),
    "bus": Label("By bus", "En autobús"),
    "foot": Label("On foot", "A pie"),
}

INSURANCE_KINDS = {
    "tenncare": Label("TennCare (Medicaid)", "TennCare (Medicaid)"),
    "coverkids": Label("CoverKids (CHIP)", "CoverKids (CHIP)"),
    "medicaid_other_state": Label("Medicaid of another state", "Medicaid de otro estado"),
    "private": Label("Private insurance", "Seguro privado"),
    "tricare": Label("TRICARE (military)", "TRICARE (militar)"),
    "medicare": Label("Medicare", "Medicare"),
    "none": Label("No insurance", "Sin seguro"),
}

# Disability, race, religion, orientation and immigration status are left out on purpose: they never
# enter matching (access needs do). A program that restricts by them is told in words.
SITUATIONS = {
    "homeless": Label("Without a stable home", "Sin vivienda estable"),
    "foster": Label("In foster care", "En cuidado de crianza"),
    "refugee": Label("Refugee or newly arrived", "Refugiado o recién llegado"),
    "pregnant_or_parenting": Label("Expecting or raising a child", "Espera o cría un hijo"),
    "justice_involved": Label("Involved with the courts", "Con un caso en los tribunales"),
    "parent_incarcerated": Label("A parent in prison", "Padre o madre en prisión"),
    "military_family": Label("Military family", "Familia militar"),
    "migrant": Label("Migrant farm-work family", "Familia de trabajadores migrantes"),
    "unaccompanied": Label("Youth on their own", "Joven sin acompañante"),
    "runaway": Label("Ran away from home", "Se fue de casa"),
    "grieving": Label("Grieving a death", "En duelo"),
    "kinship_care": Label("Raised by relatives", "Criado por familiares"),
    "violence_at_home": Label("Affected by violence at home", "Afectado por violencia en casa"),
    "trafficked": Label("Survivor of trafficking", "Sobreviviente de trata"),
    "substance_use": Label("Alcohol or drug use", "Consumo de alcohol o drogas"),
    "veteran": Label("Veteran in the family", "Veterano en la familia"),
    "out_of_school": Label("Out of school", "Fuera de la escuela"),
    "first_generation": Label("First to go to college", "Primero en ir a la universidad"),
}

ACCESS_NEEDS = {
    "wheelchair": Label("Step-free entry and toilet", "Entrada y baño sin escalones"),
    "sign_language": Label("Sign-language interpreter", "Intérprete de lengua de señas"),
    "blind_low_vision": Label("Help for low vision", "Apoyo para baja visión"),
    "hearing": Label("Help for hard of hearing", "Apoyo para problemas de audición"),
    "quiet_space": Label("Quiet, low-stimulus space", "Espacio tranquilo"),
    "one_to_one": Label("One-to-one help", "Ayuda individual"),
    "feeding_or_medical": Label("Feeding or medical care", "Alimentación o atención médica"),
}

GENDERS = {
    "female": Label("Girls", "Niñas"),
    "male": Label("Boys", "Niños"),
}

ELIGIBILITY_KINDS = {
    "age": Label("Age", "Edad"),
    "grade": Label("Grade", "Grado"),
    "residence": Label("Where the family lives", "Dónde vive la familia"),
    "school": Label("School", "Escuela"),
    "insurance": Label("Health insurance", "Seguro médico"),
    "income": Label("Household income", "Ingresos del hogar"),
    "situation": Label("Situation", "Situación"),
    "gender": Label("Gender", "Género"),
    "anyone": Label("No restriction", "Sin restricción"),
}

ELIGIBILITY_EFFECTS = {
    "require": Label("Only for", "Solo para"),
    "bar": Label("Not for", "No para"),
}

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming",
}  # fmt: skip

# Counties within about an hour of Chattanooga, by state: partners write "Walker", not "Walker, GA".
# Source: US Census county list; the reach is that of the region's own planning bodies (Southeast
# Tennessee Development District, Northwest Georgia Regional Commission, DeKalb and Jackson, AL).
COUNTIES_AROUND_CHATTANOOGA = {
    "TN": (
        "Bledsoe", "Bradley", "Coffee", "Cumberland", "Franklin", "Grundy", "Hamilton", "Loudon",
        "Marion", "McMinn", "Meigs", "Monroe", "Polk", "Rhea", "Roane", "Sequatchie",
        "Van Buren", "Warren", "White",
    ),
    "GA": (
        "Bartow", "Catoosa", "Chattooga", "Dade", "Fannin", "Floyd", "Gilmer", "Gordon",
        "Murray", "Pickens", "Polk", "Walker", "Whitfield",
    ),
    "AL": ("Cherokee", "DeKalb", "Jackson", "Marshall"),
    "NC": ("Cherokee",),
}  # fmt: skip
