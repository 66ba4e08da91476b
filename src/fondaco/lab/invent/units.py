"""Words that make a number mean something, in five languages, as one plain pattern each."""

from __future__ import annotations

#: Behind a number, in this order; the first that fits counts.
UNITS: tuple[tuple[str, str], ...] = (
    ("percent", r"%|percent\b|prozent\b|パーセント|퍼센트|百分"),
    ("eur", r"€|eur\b|euros?\b|欧元|歐元|ユーロ|유로"),
    ("cent", r"cents?\b|欧分|セント|센트"),
    ("usd", r"\$|usd\b|dollars?\b|美元|ドル|달러"),
    ("gbp", r"£|gbp\b|pounds?\b|英镑|ポンド|파운드"),
    ("yen", r"¥|￥|jpy\b|yen\b|円|日元|엔\b"),
    ("yuan", r"cny\b|rmb\b|yuan\b|人民币|元(?!\w{0,1}月)"),
    ("won", r"krw\b|won\b|원(?![가-힣])"),
    ("minute", r"min(?:ute)?[sn]?\b|minuten\b|分钟|分間|分(?!の)|분"),
    ("hour", r"hours?\b|stunden?\b|小时|時間|시간"),
    (
        "day",
        r"(?:working|business)?[ -]?days?\b|(?:werk|arbeits)?tage?n?\b|个?工作日|天|営業日|日(?!本)|일(?!요)",
    ),
    ("week", r"weeks?\b|wochen?\b|周|週間?|주(?![소문])"),
    ("month", r"months?\b|monate?n?\b|个月|[かカヶ]月|개월"),
    ("year", r"years?\b|jahre?n?\b|年(?!\s?\d)|년(?!\s?\d)"),
    ("degree", r"°|degrees?\b|grad\b|度|도(?![가-힣])"),
)

#: Before a number.
CURRENCIES: tuple[tuple[str, str], ...] = (
    ("eur", r"(?:€|eur|euro)\s?$"),
    ("usd", r"(?:\$|usd)\s?$"),
    ("gbp", r"£\s?$"),
    ("yen", r"[¥￥]\s?$"),
)

#: Between two numbers that share what stands behind the second.
BETWEEN = r"\s*(?:to|bis|und|and|or|oder|[-‐–—~〜～]|至|到|から|または|에서)\s*(?:€\s?)?\d[\d.,]*\s*[-‐]?\s*"

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jan",
            "february februar feb",
            "march märz maerz mar",
            "april apr",
            "may mai",
            "june juni jun",
            "july juli jul",
            "august aug",
            "september sept sep",
            "october oktober oct okt",
            "november nov",
            "december dezember dec dez",
        ),
        start=1,
    )
    for name in names.split()
}

#: Counted only before a unit, where they are a value and no figure of speech.
SPELLED = {
    word: number
    for number, words in {
        2: "two zwei",
        3: "three drei",
        4: "four vier",
        5: "five fünf",
        6: "six sechs",
        7: "seven sieben",
        8: "eight acht",
        9: "nine neun",
        10: "ten zehn",
        12: "twelve zwölf",
        14: "fourteen vierzehn",
        15: "fifteen fünfzehn",
        20: "twenty zwanzig",
        24: "vierundzwanzig",
        30: "thirty dreißig",
        60: "sixty sechzig",
        90: "ninety neunzig",
    }.items()
    for word in words.split()
}
