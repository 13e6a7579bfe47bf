"""Is this the secret that we gave out? API keys, session tokens and password hashes; randomness is an argument."""

import hashlib
import hmac
import re
import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

Mode = Literal["test", "live"]

KEY_RANDOM_BYTES: Final = 32
"""For `make_api_key`: 8 name the key, 24 (192 bits) are its secret."""
TOKEN_RANDOM_BYTES: Final = 32
SALT_BYTES: Final = 16
SESSION_PREFIX: Final = "ods_"
ACCESS_PREFIX: Final = "od_bt_"
"""A buyer's person who signed in through a storefront: good for minutes."""
REFRESH_PREFIX: Final = "od_rt_"
"""Good for one new pair of tokens."""

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH: Final = 12
_SECRET_LENGTH: Final = 33
_CHECK_LENGTH: Final = 6
_TOKEN_LENGTH: Final = 43
_KEY: Final = re.compile(
    rf"od_(?:pk_)?(test|live)_([0-9A-Za-z]{{{_ID_LENGTH}}})_[0-9A-Za-z]{{{_SECRET_LENGTH}}}([0-9A-Za-z]{{{_CHECK_LENGTH}}})",
    re.ASCII,
)
_BUYER_TOKEN: Final = re.compile(rf"od_[br]t_[0-9A-Za-z]{{{_TOKEN_LENGTH}}}([0-9A-Za-z]{{{_CHECK_LENGTH}}})", re.ASCII)
_SESSION: Final = re.compile(rf"{SESSION_PREFIX}[0-9A-Za-z_-]{{43}}", re.ASCII)

# argon2id above OWASP's floor (19 MiB, t=2, p=1): about 50 ms of one core.
_PASSWORDS: Final = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1, salt_len=SALT_BYTES)
_NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=32768,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$fRJQnKnNfaBJ5EgEVtY3zHnhzsJqTPDsHsUj5qJY3YA"
)
"""The hash of no password that anyone has: an unknown member costs as much time as a wrong password."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its owner sees it once. `text` is the secret; `key_id` may be shown and logged."""

    mode: Mode
    key_id: str
    text: str

    def __repr__(self) -> str:
        """Without the secret: a repr ends up in tracebacks."""
        return f"ApiKey({self.mode}, {self.key_id})"


def make_api_key(mode: Mode, *, random: bytes) -> ApiKey:
    """A new key `od_{mode}_{id}_{secret}{checksum}` from 32 fresh random bytes."""
    return _made_key(f"od_{mode}", mode, random)


def make_publishable_key(mode: Mode, *, random: bytes) -> ApiKey:
    """A new key for a page that everybody can read, `od_pk_{mode}_{id}_{secret}{checksum}`, from 32 random bytes."""
    return _made_key(f"od_pk_{mode}", mode, random)


def read_api_key(text: str) -> ApiKey | None:
    """The key in this text; None when its shape or its checksum is wrong, so that no typing error asks the database."""
    return None if text.startswith("od_pk_") else _read_key(text)


def read_publishable_key(text: str) -> ApiKey | None:
    """The publishable key in this text; None when its shape or its checksum is wrong."""
    return _read_key(text) if text.startswith("od_pk_") else None


def make_buyer_token(prefix: str, *, random: bytes) -> str:
    """A new bearer token of 256 bits: ACCESS_PREFIX or REFRESH_PREFIX, the secret in base62, and a checksum."""
    assert len(random) == TOKEN_RANDOM_BYTES, len(random)
    unchecked = prefix + _base62(int.from_bytes(random), _TOKEN_LENGTH)
    return unchecked + _checksum(unchecked)


def is_buyer_token(prefix: str, text: str) -> bool:
    """Whether the text is a token with this prefix, by shape and checksum: asked before the database is."""
    found = _BUYER_TOKEN.fullmatch(text) if text.startswith(prefix) else None
    return found is not None and same(_checksum(text[:-_CHECK_LENGTH]).encode(), found[1].encode())


def _made_key(head: str, mode: Mode, random: bytes) -> ApiKey:
    assert len(random) == KEY_RANDOM_BYTES, len(random)
    key_id = _base62(int.from_bytes(random[:8]), _ID_LENGTH)
    unchecked = f"{head}_{key_id}_{_base62(int.from_bytes(random[8:]), _SECRET_LENGTH)}"
    return ApiKey(mode, key_id, unchecked + _checksum(unchecked))


def _read_key(text: str) -> ApiKey | None:
    found = _KEY.fullmatch(text)
    if found is None or not same(_checksum(text[:-_CHECK_LENGTH]).encode(), found[3].encode()):
        return None
    return ApiKey("live" if found[1] == "live" else "test", found[2], text)


def make_session_token(*, random: bytes) -> str:
    """A new session token of 256 bits, fit for a cookie."""
    assert len(random) == TOKEN_RANDOM_BYTES, len(random)
    return SESSION_PREFIX + urlsafe_b64encode(random).rstrip(b"=").decode()


def is_session_token(text: str) -> bool:
    """Whether the text has a session token's shape: asked before the database is."""
    return _SESSION.fullmatch(text) is not None


def credential_hash(text: str) -> bytes:
    """What is stored of a key or a token: SHA-256. No slow hash is needed, nobody can guess 192 random bits."""
    return hashlib.sha256(text.encode()).digest()


def same(one: bytes, other: bytes) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)


def hash_password(password: str, *, salt: bytes) -> str:
    """The argon2id hash to store. Slow on purpose: call it in a thread. `salt` is 16 fresh random bytes."""
    assert len(salt) == SALT_BYTES, len(salt)
    return _PASSWORDS.hash(password, salt=salt)


def is_password(password: str, stored: str | None) -> bool:
    """Whether this is the password behind the stored hash; as slow when there is none. Call it in a thread."""
    try:
        return _PASSWORDS.verify(stored or _NOBODYS_HASH, password) and stored is not None
    except VerifyMismatchError:
        return False


def needs_rehash(stored: str) -> bool:
    """Whether a stored hash was made with other settings than today's: hash again at the next sign-in."""
    try:
        return _PASSWORDS.check_needs_rehash(stored)
    except InvalidHashError:
        return True


def _base62(number: int, length: int) -> str:
    chars = []
    for _ in range(length):
        number, place = divmod(number, 62)
        chars.append(_BASE62[place])
    assert number == 0
    return "".join(reversed(chars))


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK_LENGTH)
