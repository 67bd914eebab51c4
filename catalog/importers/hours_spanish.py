"""Spanish opening hours in the English words that `hours_text` reads: "Lunes a viernes de 9 a 5".

Pure functions over text. Only a text that names days in Spanish is changed; a word that is not known
here stays as it is, so that such a text is not understood rather than half understood.
"""

import re
import unicodedata

DAYS = {
    "lunes": "monday", "martes": "tuesday", "miercoles": "wednesday", "jueves": "thursday",
    "viernes": "friday", "sabado": "saturday", "domingo": "sunday", "lun": "monday",
    "mie": "wednesday", "jue": "thursday", "vie": "friday", "sab": "saturday", "dom": "sunday",
}  # fmt: skip
NAMED = re.compile(
    rf"\b(?:{'|'.join(DAYS)})s?\b|\bl(?:\s*[-–]\s*|\s+a\s+)[vsd]\b|\btodos los d[ií]as\b|\bentre semana\b|"
    r"\bdiario\b|\bs[aá]bados?\b|\bmi[eé](?:rcoles)?\b",
    re.IGNORECASE,
)
SEASONS = (
    "verano|invierno|otono|primavera|vacaciones|temporada|curso|escolar|enero|febrero|marzo|abril|"
    "mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
# In this order: what is longer first, the small words last.
WORDS = (
    (r"\b(?:todos los dias|cada dia|a diario|diario|diariamente)\b", "daily"),
    (r"\b(?:entre semana|dias (?:laborables|habiles))\b", "weekdays"),
    (r"\b(?:los )?fin(?:es)? de semana\b", "weekends"),
    (r"\bl(?:\s*[-–]\s*|\s+a\s+)v\b", "monday-friday"),
    (r"\bl(?:\s*[-–]\s*|\s+a\s+)s\b", "monday-saturday"),
    (r"\bl(?:\s*[-–]\s*|\s+a\s+)d\b", "monday-sunday"),
    (r"\bmar\b", "tuesday"),  # in English it is March
    (rf"\b(?:{SEASONS})\b", "season"),
    (r"\bprimer[oa]?s?\b", "first"),
    (r"\bsegund[oa]s?\b", "second"),
    (r"\btercer[oa]?s?\b", "third"),
    (r"\bcuart[oa]s?\b", "fourth"),
    (r"\bultim[oa]s?\b", "last"),
    (r"\b(?:del|de cada) mes\b", "of the month"),
    (r"\bcada\b", "every"),
    (r"\b(?:solo |solamente |unicamente )?(?:con|por|previa) cita(?: previa)?\b", "by appointment"),
    (r"\bcerrad[oa]s?\b", "closed"),
    (r"\b(?:(?:en|los) )?(?:dias )?(?:feriados|festivos)\b", "holidays"),
    (r"\b(?:por|para)(?: el)? (?:almuerzo|almorzar|comer)\b", "for lunch"),
    (r"\b(?:el |12 (?:del )?)?mediodia\b", "noon"),
    (r"\b(?:la )?medianoche\b", "midnight"),
    (r"\b([ap])\.\s?m\.", r"\1m"),
    (r"\s*\bde la manana\b", "am"),
    (r"\s*\bde la tarde\b", "pm"),
    (r"(?<!\b12) de la noche\b", "pm"),
    (r"\b24 horas(?: al dia)?", "24 hours"),
    (r"(?<=[\dm])\s*(?:horas|hrs?)\b\.?", " "),
    (r"\s(?:a|al|hasta)\s+(?:las?\s+)?(?!m\b)", " to "),
    (r"\b[ye]\b", "and"),
    (r"\b(?:de|desde|abierto|horarios?|los|las?|el)\b", " "),
)
IN_ENGLISH = [(re.compile(spanish, re.IGNORECASE), english) for spanish, english in WORDS]
IN_ENGLISH += [(re.compile(rf"\b{es}s?\b", re.IGNORECASE), en) for es, en in DAYS.items()]


def in_english(text: str) -> str:
    """The text with its Spanish words for hours in English; another text as it is."""
    if not NAMED.search(text):
        return text
    plain = unicodedata.normalize("NFD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for spanish, english in IN_ENGLISH:
        plain = spanish.sub(english, plain)
    return " ".join(plain.split())
