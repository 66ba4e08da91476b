"""The merchant system's one-time codes: one a sending, for a few tries, for ten minutes, once."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from fondaco.demo.erp.codes import CodeDesk

REF, HERE = "c-1", "cod_1"
MINUTE_MS = 60_000


def sent() -> tuple[CodeDesk, str]:
    desk = CodeDesk(seed=7)
    return desk, desk.send(REF, HERE, 0)


@given(ref=st.text(), challenge=st.text(), seed=st.integers())
def test_a_code_has_six_digits_and_follows_from_seed_customer_and_sending(
    ref: str, challenge: str, seed: int
) -> None:
    code = CodeDesk(seed).send(ref, challenge, 0)

    assert re.fullmatch(r"\d{6}", code)
    assert CodeDesk(seed).send(ref, challenge, 1) == code


def test_the_right_code_fits_once_and_again_for_the_same_key() -> None:
    desk, code = sent()

    fitted = [desk.check(REF, HERE, code, key, 1) for key in ("key_1", "key_1", "key_2")]

    assert fitted == [True, True, False]


def test_a_code_fits_no_other_customer_and_no_other_sending() -> None:
    desk, code = sent()
    desk.send("c-2", HERE, 0)
    desk.send(REF, "cod_2", 0)

    fitted = [desk.check(*place, code, "key", 1) for place in (("c-2", HERE), (REF, "cod_2"), (REF, "cod_3"))]

    assert fitted == [False, False, False]


def test_after_five_wrong_tries_the_right_one_is_wrong_too() -> None:
    desk, code = sent()

    wrong = [desk.check(REF, HERE, "none", f"key_{number}", 1) for number in range(5)]

    assert not any(wrong)
    assert not desk.check(REF, HERE, code, "key", 1)


def test_a_code_is_wrong_after_ten_minutes() -> None:
    desk, code = sent()
    late, code_too = sent()

    assert desk.check(REF, HERE, code, "key", 10 * MINUTE_MS - 1)
    assert not late.check(REF, HERE, code_too, "key", 10 * MINUTE_MS)
