"""What it means that a key is lost, in the words of every error that may tell somebody so."""

LOST = (
    "without the key nobody opens the names, the face templates or what the ledger says; photos and published copies "
    "are untouched, and docs/how-to/keep-the-key.md says what can still be done"
)
