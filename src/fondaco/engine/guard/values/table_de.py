"""German words that make a value of a number."""

from __future__ import annotations

from fondaco.engine.guard.values.tables import Table, count, measure, money, numbered, share, time

_ENDINGS = ("", "e", "er", "es", "en", "em")


def _inflected(stem: str) -> str:
    return " ".join(stem + ending for ending in _ENDINGS)


GERMAN = Table(
    months=numbered(
        "januar/jänner/jan februar/feber/feb märz/maerz/mär/mrz april/apr mai juni/jun juli/jul august/aug "
        "september/sept/sep oktober/okt november/nov dezember/dez"
    ),
    weekdays=numbered(
        "montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag",
        first=0,
    ),
    short_weekdays=numbered("mo di mi do fr sa so", first=0),
    days={"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1, "übermorgen": 2, "uebermorgen": 2},
    hours={"mitternacht": "00:00"},
    units={
        **money("EUR", "euro euros"),
        **money("EUR", "ct", "0.01"),
        **money("CHF", "franken"),
        **money("GBP", "pfund"),
        **money("USD", "us-dollar"),
        **share("prozent"),
        **share(_inflected("prozentig")),
        **time("S", "sekunde sekunden sek"),
        **time("MI", "minute minuten min minütig minütige"),
        **time("H", "stunde stunden std h"),
        **time("H", _inflected("stündig")),
        **time("D", "tag tage tagen tages kalendertag kalendertage kalendertagen"),
        **time("D", _inflected("tägig")),
        **time("BD", "werktag werktage werktagen werktages arbeitstag arbeitstage arbeitstagen arbeitstages"),
        **time("BD", "geschäftstag geschäftstage geschäftstagen bankarbeitstage bankarbeitstagen"),
        **time("W", "woche wochen"),
        **time("W", _inflected("wöchig")),
        **time("MO", "monat monate monaten monats"),
        **time("MO", _inflected("monatig")),
        **time("Y", "jahr jahre jahren jahres"),
        **time("Y", _inflected("jährig")),
        **measure("kg", "kilo kilogramm"),
        **measure("g", "gramm"),
        **measure("m", "meter metern"),
        **measure("cm", "zentimeter zentimetern"),
        **measure("mm", "millimeter millimetern"),
        **measure("km", "kilometer kilometern"),
        **measure("l", "liter litern"),
        **measure("ml", "milliliter millilitern"),
        **measure("in", "zoll"),
        **measure("t", "tonne tonnen"),
        **measure("m2", "quadratmeter quadratmetern"),
        **measure("°C", "grad"),
        **count("stück stücke stücken stk artikel artikeln produkt produkte produkten exemplar exemplare"),
        **count("paket pakete paketen päckchen packung packungen sendung sendungen bestellung bestellungen"),
        **count("position positionen paar paare set sets teil teile teilen karton kartons kiste kisten"),
        **count(
            "flasche flaschen beutel dose dosen rolle rollen blatt seite seiten person personen gast gäste"
        ),
        **count("mal malig malige punkt punkte punkten stern sterne sternen farbe farben größe größen er"),
        **count(
            "rechnung rechnungen gutschein gutscheine gutscheinen rücksendung rücksendungen filiale filialen"
        ),
        **count(
            "lieferung lieferungen rate raten versuch versuche versuchen bewertung bewertungen varianten"
        ),
    },
)
