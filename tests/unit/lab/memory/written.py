"""A tiny set of conversations, written by hand, in the forms of the published ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIRST, SECOND = "1:56 pm on 8 May, 2023", "7:30 pm on 2 June, 2023"


def _said(label: str, speaker: str, text: str, caption: str = "") -> dict[str, Any]:
    return {"dia_id": label, "speaker": speaker, "text": text} | (
        {"blip_caption": caption} if caption else {}
    )


def _question(text: str, category: int, *evidence: str) -> dict[str, Any]:
    return {"question": text, "answer": "", "category": category, "evidence": list(evidence)}


LOCOMO = {
    "sample_id": "conv-1",
    "conversation": {
        "speaker_a": "Emi",
        "speaker_b": "Jon",
        "session_1_date_time": FIRST,
        "session_1": [
            _said("D1:1", "Emi", "Hello Jon, how have you been all this time?"),
            _said("D1:2", "Jon", "I adopted a grey cat from the shelter, she is called Minka."),
            _said("D1:3", "Emi", "Lovely! Look at what I made.", "a photo of a clay bowl"),
            _said("D1:4", "Jon", "That is a fine piece of work, I must say."),
        ],
        "session_2_date_time": SECOND,
        "session_2": [
            _said("D2:1", "Jon", "We went to the sea with my sister and her two children."),
            _said("D2:2", "Emi", "I started to play the violin last week, it is hard."),
            _said("D2:3", "Jon", "Keep going, everybody begins like that and gets better."),
        ],
        "session_3_date_time": "",
        "session_3": [],
    },
    "qa": [
        _question("What is the name of Jon's cat?", 4, "D1:2"),
        _question("What did Emi make in May?", 1, "D1:3"),
        _question("Which instruments does Emi play?", 1, "D2:02; D1:3"),
        _question("Who came along to the sea?", 2, "D2:1-D2:1"),
        _question("What is Emi's car?", 5, "D1:3"),
        _question("Is this label broken?", 4, "D9:1"),
    ],
}
AUDIT = [
    {"question_id": "locomo_0_qa1", "question": "What did Emi make in May?", "correct_evidence": ["D1:3"]},
    {"question_id": "locomo_0_qa2", "question": "Another question", "correct_evidence": ["D1:1"]},
    {"question_id": "locomo_0_qa3", "question": "Who came along to the sea?", "correct_evidence": []},
]


def _spoken(speaker: str, utterance: str, *values: str, call: dict[str, str] | None = None) -> dict[str, Any]:
    frame: dict[str, Any] = {"actions": [{"values": list(values)}]}
    called = {"service_call": {"method": "ReserveTable", "parameters": call}} if call else {}
    return {"speaker": speaker, "utterance": utterance, "frames": [frame | called]}


DIALOGUE = {
    "dialogue_id": "1_00000",
    "services": ["Restaurants_1"],
    "turns": [
        _spoken("USER", "A table at Benissimo please.", "Benissimo"),
        _spoken("SYSTEM", "For how many people and in which city?"),
        _spoken("USER", "For four in Corte Madera.", "four", "Corte Madera"),
        _spoken("SYSTEM", "Shall I book it?"),
        _spoken("USER", "Yes please."),
        _spoken(
            "SYSTEM", "Done.", call={"restaurant": "Benissimo", "city": "Corte Madera", "time": "never said"}
        ),
    ],
}

TALKS: dict[str, Any] = {
    "name": "Mine",
    "conversations": [
        {
            "id": "first",
            "held_out": False,
            "turns": [
                {"id": "a1", "by": "contact", "text": "My ring size is 54.", "at": "2024-01-05T18:00:00Z"},
                {"id": "a2", "by": "assistant", "text": "I have noted it."},
                {"id": "a3", "by": "contact", "text": "Thanks a lot."},
            ],
            "questions": [
                {"text": "Which ring size?", "evidence": ["a1"], "category": "size", "until": "a2"},
                {"text": "What was noted?", "evidence": ["a2", "a1", "a2"]},
                {"text": "Where does it stand?", "evidence": ["nowhere"]},
                {"text": "And without any label?", "evidence": []},
            ],
        }
    ],
}


def write_all(folder: Path) -> Path:
    """Write everything into a folder as it is published, and return the folder."""
    _write(folder / "locomo" / "some.json", [LOCOMO])
    _write(folder / "locomo-audit" / "errors_conv_0.json", AUDIT)
    _write(folder / "sgd-slim" / "dialogues_001.json", [DIALOGUE] * 13)
    _write(folder / "talks.json", TALKS)
    page = "<html><p>退货期限是三十天内，超过期限的商品不能退货，也不能退款，请您注意。</p></html>"
    (folder / "udhr").mkdir()
    (folder / "udhr" / "cmn_hans.html").write_text(page, encoding="utf-8")
    return folder


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
