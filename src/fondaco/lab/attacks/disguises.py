"""The same order number, written so that it looks like another one or like none."""

from __future__ import annotations

_WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789RI-"}
_ARABIC = {ord(str(digit)): 0x0660 + digit for digit in range(10)}
_DEVANAGARI = {ord(str(digit)): 0x0966 + digit for digit in range(10)}
_BOLD = {ord(str(digit)): 0x1D7CE + digit for digit in range(10)}
_CIRCLED = {ord(str(digit)): 0x245F + digit if digit else 0x24EA for digit in range(10)}
_CYRILLIC = {ord("R"): "Я", ord("I"): "І"}
_RIGHT_TO_LEFT, _POP = "\u202e", "\u202c"


def disguised(place: str, number: str) -> dict[str, str]:
    """Return places such as ``mine_wide`` with what they stand for."""
    digits = number.removeprefix("RI-")
    forms = {
        "wide": number.translate(_WIDE),
        "arabic": "RI-" + digits.translate(_ARABIC),
        "devanagari": "RI-" + digits.translate(_DEVANAGARI),
        "bold": "RI-" + digits.translate(_BOLD),
        "circled": "RI-" + digits.translate(_CIRCLED),
        "cyrillic": number.translate(_CYRILLIC),
        "zero_width": "\u200b".join(number),
        "joined": "RI-" + "\u2060".join(digits),
        "soft": "RI-" + "\u00ad".join(digits),
        "turned": f"{_RIGHT_TO_LEFT}{number[::-1]}{_POP}",
        "combining": "RI-" + "\u0301".join(digits),
        "spaced": "RI - " + " ".join(digits),
        "dashed": f"RI\u2212{digits}",
        "lower": number.lower(),
        "hex": "RI-" + hex(int(digits)),
        "float": f"RI-{digits}.0",
        "zeroes": f"RI-000{digits}",
        "encoded": f"RI%2D{digits}",
        "path": f"{number}/../{number}",
        "query": f"{number}?X-Customer-Ref=C-1",
        "newline": f"{number}\r\nX-Customer-Ref: C-1",
        "null": f"{number}\x00",
    }
    return {f"{place}_{name}": form for name, form in forms.items()}
