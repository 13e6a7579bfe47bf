"""Keys, tokens and passwords: their shape, their checks, and what is stored of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.corporate_number import is_corporate_number, is_invoice_registration_number
from app.core.security import (
    ACCESS_PREFIX,
    REFRESH_PREFIX,
    credential_hash,
    hash_password,
    is_buyer_token,
    is_password,
    is_session_token,
    make_api_key,
    make_buyer_token,
    make_publishable_key,
    make_session_token,
    needs_rehash,
    read_api_key,
    read_publishable_key,
    same,
)

random32 = st.binary(min_size=32, max_size=32)
modes = st.sampled_from(["test", "live"])
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@given(modes, random32)
def test_a_key_that_was_made_can_be_read(mode, random: bytes) -> None:
    key = make_api_key(mode, random=random)
    assert re.fullmatch(rf"od_{mode}_[0-9A-Za-z]{{12}}_[0-9A-Za-z]{{39}}", key.text)
    assert read_api_key(key.text) == key
    assert key.text not in repr(key)


@given(modes, random32, st.data())
def test_a_key_with_one_wrong_character_is_refused_before_the_database(mode, random: bytes, data) -> None:
    text = make_api_key(mode, random=random).text
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(BASE62 + "_- é").filter(lambda char: char != text[place]))
    assert read_api_key(text[:place] + other + text[place + 1 :]) is None


@given(st.text(max_size=80))
def test_no_other_text_is_a_key_or_a_token(text: str) -> None:
    assert read_api_key(text) is None
    assert not is_session_token(text)


@given(random32, random32)
def test_different_randomness_makes_different_keys(one: bytes, other: bytes) -> None:
    assert (make_api_key("live", random=one) == make_api_key("live", random=other)) is (one == other)
    assert (make_session_token(random=one) == make_session_token(random=other)) is (one == other)


@given(modes, random32, st.data())
def test_a_publishable_key_is_read_as_one_and_as_nothing_else(mode, random: bytes, data) -> None:
    text = make_publishable_key(mode, random=random).text
    assert read_publishable_key(text) is not None
    assert read_api_key(text) is None
    assert read_publishable_key(make_api_key(mode, random=random).text) is None
    assert read_api_key(text.replace("od_pk_", "od_")) is None, "The checksum covers the kind."
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(BASE62 + "_- é").filter(lambda char: char != text[place]))
    altered = text[:place] + other + text[place + 1 :]
    assert read_publishable_key(altered) is read_api_key(altered) is None


@given(random32, st.data())
def test_a_buyers_token_has_its_kind_and_a_checksum(random: bytes, data) -> None:
    access, refresh = [make_buyer_token(prefix, random=random) for prefix in (ACCESS_PREFIX, REFRESH_PREFIX)]
    assert is_buyer_token(ACCESS_PREFIX, access)
    assert is_buyer_token(REFRESH_PREFIX, refresh)
    assert not is_buyer_token(ACCESS_PREFIX, refresh)
    assert not is_buyer_token(REFRESH_PREFIX, ACCESS_PREFIX + refresh.removeprefix(REFRESH_PREFIX))
    place = data.draw(st.integers(0, len(access) - 1))
    other = data.draw(st.sampled_from(BASE62 + "_- é").filter(lambda char: char != access[place]))
    assert not is_buyer_token(ACCESS_PREFIX, access[:place] + other + access[place + 1 :])


def test_test_and_live_keys_of_one_randomness_are_two() -> None:
    test, live = make_api_key("test", random=b"r" * 32), make_api_key("live", random=b"r" * 32)
    assert read_api_key(test.text.replace("test", "live")) is None
    assert credential_hash(test.text) != credential_hash(live.text)


@given(random32)
def test_a_session_token_fits_a_cookie(random: bytes) -> None:
    token = make_session_token(random=random)
    assert is_session_token(token)
    assert len(token) == 47
    assert read_api_key(token) is None


def test_only_a_hash_is_stored() -> None:
    assert credential_hash("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert same(credential_hash("abc"), credential_hash("abc"))
    assert not same(credential_hash("abc"), credential_hash("abd"))


@settings(max_examples=3, deadline=None)
@given(st.text(min_size=1), st.binary(min_size=16, max_size=16))
def test_a_password_is_known_again(password: str, salt: bytes) -> None:
    stored = hash_password(password, salt=salt)
    assert is_password(password, stored)
    assert not is_password(password + "x", stored)
    assert not is_password(password, None)


def test_passwords_are_hashed_at_least_as_slowly_as_owasp_asks() -> None:
    stored = hash_password("correct horse", salt=b"s" * 16)
    kind, version, settings_ = re.fullmatch(r"\$(\w+)\$v=(\d+)\$(m=\d+,t=\d+,p=\d+)\$.+", stored).groups()
    memory, times, lanes = (int(part[2:]) for part in settings_.split(","))
    assert (kind, version) == ("argon2id", "19")
    assert memory >= 19 * 1024
    assert times >= 2
    assert lanes >= 1
    assert not needs_rehash(stored)
    assert needs_rehash(stored.replace("t=3", "t=2"))
    assert needs_rehash("not a hash")


def test_nobody_signs_in_without_a_stored_hash() -> None:
    assert not is_password("nobody has this password", None)


@pytest.mark.parametrize("number", ["7000012050002", "9000020016926", "6010401020516", "4011001098993"])
def test_real_corporate_numbers_are_accepted(number: str) -> None:
    assert is_corporate_number(number)
    assert is_invoice_registration_number(f"T{number}", of_a_corporation=True)


@given(st.sampled_from(["7000012050002", "9000020016926", "6010401020516"]), st.integers(0, 12), st.integers(0, 9))
def test_one_wrong_digit_is_seen(number: str, place: int, digit: int) -> None:
    wrong = number[:place] + str(digit) + number[place + 1 :]
    unseen = {digit, int(number[place])} in ({0, 9}, {digit})
    assert is_corporate_number(wrong) is (wrong == number or (unseen and place > 0))


@pytest.mark.parametrize(
    "text", ["", "700001205000", "70000120500021", "７００００１２０５０００２", "700001205000a", "0000000000000"]
)
def test_other_texts_are_no_corporate_numbers(text: str) -> None:
    assert not is_corporate_number(text)


def test_a_sole_traders_number_carries_no_check() -> None:
    assert is_invoice_registration_number("T1234567890123", of_a_corporation=False)
    assert not is_invoice_registration_number("T1234567890123", of_a_corporation=True)
    for text in ("7000012050002", "t7000012050002", "T700001205000", "T70000120500022", "T0000012050002"):
        assert not is_invoice_registration_number(text, of_a_corporation=False)
