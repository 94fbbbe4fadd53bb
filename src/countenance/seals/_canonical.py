"""Canonical JSON (RFC 8785): one value, one spelling, so that it can be hashed and signed."""

import json
from typing import Any, NoReturn

import rfc8785

from countenance.errors import SealBroken


def canonical(value: Any) -> bytes:  # noqa: ANN401  (any JSON value: dict, list, str, int, float, bool, None)
    """Give the canonical UTF-8 bytes of a JSON value.

    Raises:
        ValueError: the value has no canonical form (NaN, integers beyond 2^53, keys that are not text).
    """
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as problem:
        raise ValueError(f"not canonical JSON: {problem}") from problem
    except UnicodeEncodeError as problem:
        raise ValueError("not canonical JSON: half of a character") from problem
    except RecursionError as problem:
        raise ValueError("not canonical JSON: it is nested too deep") from problem


def read_canonical(data: bytes) -> Any:  # noqa: ANN401  (any JSON value)
    """Read JSON that must be canonical to the byte: a duplicate key or a stray blank is refused.

    Raises:
        SealBroken: it is not canonical JSON.
    """
    try:
        value = json.loads(data, parse_constant=_refuse, parse_int=_whole)
        again = canonical(value)
    except (ValueError, RecursionError) as problem:
        raise SealBroken("what should be canonical JSON is not", remedy="restore it from a copy") from problem
    if again != data:
        raise SealBroken("JSON that should be canonical is spelt in another way", remedy="restore it from a copy")
    return value


def _whole(digits: str) -> int | float:
    # RFC 8785 writes doubles up to 10^21 without a point; beyond 2^53 only a double can have been meant.
    number = int(digits)
    return number if abs(number) < 2**53 else float(digits)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
