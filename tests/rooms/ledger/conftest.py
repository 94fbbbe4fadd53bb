"""What the tests of the ledger share: the entry of a search that found two people."""

from datetime import UTC, datetime

import pytest

from countenance.ledger import Actor, Entry, EntryKind

ANNA, BERT = "a1" * 16, "b2" * 16


@pytest.fixture
def search() -> Entry:
    """Give the entry of a search by staff that was answered with Anna (two photos) and Bert (one)."""
    return Entry(
        EntryKind.SEARCHED,
        datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC),
        Actor("staff", "account-of-frau-meier"),
        {
            "began": "2026-03-14T09:26:53.201000Z",
            "ended": "2026-03-14T09:26:53.580000Z",
            "purpose": "be-found",
            "reason": "who stands beside Anna Schmidt",
            "probe_digest": "5e" * 32,
            "model": "faceres-1",
            "roll": 12,
            "ledger_size": 310,
            "answered": [{"person": ANNA, "photos": 2}, {"person": BERT, "photos": 1}],
            "confirmed_by": None,
        },
        {
            ANNA: {
                "reason": "who stands beside Anna Schmidt",
                "photos": ["/photos/party/1.jpg", "/photos/party/2.jpg"],
            },
            BERT: {"reason": "who stands beside Anna Schmidt", "photos": ["/photos/trip/3.jpg"]},
        },
    )
