"""One JSON value has one spelling (RFC 8785), and no other is read."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import SealBroken
from countenance.seals import canonical, read_canonical

NUMBERS = {  # RFC 8785, appendix B: IEEE 754 bits and their one spelling
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_spelt_as_the_rfc_spells_them(bits: str, text: str) -> None:
    """R2: RFC 8785, appendix B; and each of these spellings is read as that number."""
    number = struct.unpack(">d", bytes.fromhex(bits))[0]
    assert canonical(number) == text.encode()
    assert read_canonical(text.encode()) == number


def test_the_examples_of_the_rfc() -> None:
    """R2: RFC 8785, sections 3.2.2 and 3.2.3: literals, escapes, and keys sorted by UTF-16 units."""
    sample = (
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
    )
    assert (
        canonical(json.loads(sample))
        == (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = list(json.loads(canonical(dict.fromkeys(keys))))
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@given(value=JSON)
def test_what_is_written_is_read(value: object) -> None:
    """R2: any value comes back from its spelling, and is spelt so again."""
    written = canonical(value)
    assert read_canonical(written) == value
    assert canonical(read_canonical(written)) == written


@given(value=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 9), min_size=2))
def test_order_does_not_matter(value: dict[str, int]) -> None:
    """R2: the same object built in another order has the same bytes."""
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        2**53,
        -(2**53),
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        {1, 2},
        b"x",
        pytest.param(object(), id="object"),  # its repr is another each time
    ],
    ids=repr,
)
def test_what_has_no_spelling_is_refused(value: object) -> None:
    """R2: NaN, integers that a double cannot tell apart, half characters and what is no JSON are refused."""
    with pytest.raises(ValueError, match="not canonical JSON"):
        canonical(value)


def test_what_is_nested_without_end_is_refused() -> None:
    """A value nested thousands deep is refused, not a crash."""
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="too deep"):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"{}\n",
        b" {}",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b"1.0",
        b"1E0",
        b"-0",
        b"01",
        b"+1",
        b"9007199254740993",
        b"1e400",
        b"1" * 400,
        b"1" * 5000,
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000A"',
        b'"\\ud800"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        "{}".encode("utf-32-le"),
        b"[" * 100_000,
        b"'a'",
        b"[1,]",
        b"{}{}",
        b"nul",
        b"\0",
    ],
    ids=range(36),
)
def test_other_spellings_are_not_read(data: bytes) -> None:
    """R2: what is not canonical to the byte is refused with the room's own error, whatever is wrong with it."""
    with pytest.raises(SealBroken):
        read_canonical(data)


@given(data=st.binary(max_size=60))
def test_garbage_is_refused_or_canonical(data: bytes) -> None:
    """R2: any bytes are either refused with the room's own error, or the one spelling of what they say."""
    try:
        value = read_canonical(data)
    except SealBroken:
        return
    assert canonical(value) == data
