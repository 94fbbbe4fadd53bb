"""What people allowed: receipts, purposes, policy, and the gate that gives a Permit or a Refusal; nothing is kept here.

It is pure: `now` is an argument, keys are passed in, and receipts are stored by `stores`.
"""

from countenance.consent._drafting import draft_receipt
from countenance.consent._gate import Permit, Reason, Refusal, decide, decide_template, policy_refusal
from countenance.consent._jsonld import receipt_jsonld, record_jsonld
from countenance.consent._kantara import kantara_receipt
from countenance.consent._link import link_digest, new_link
from countenance.consent._notice import Notice
from countenance.consent._policy import PLAIN_LANGUAGES, Policy
from countenance.consent._policy_file import MAX_POLICY_FILE_BYTES, policy_from_toml, policy_to_toml
from countenance.consent._policy_terms import (
    BE_FOUND_WAITS,
    CHILD_RETENTION_DAYS,
    DEFAULT_ENROLMENTS_PER_DAY,
    DEFAULT_PEOPLE_FOUND_PER_DAY,
    MAX_ENROLMENTS_PER_DAY,
    MAX_PEOPLE_FOUND_PER_DAY,
    MIN_SEARCH_RECORD_DAYS,
    SEARCHERS,
)
from countenance.consent._receipt import Receipt
from countenance.consent._signing import RECEIPT_MEDIA_TYPE, sign_receipt, verify_receipt
from countenance.consent._standing import Consent, deadline, latest_expiry, live_purposes, standing, state_of
from countenance.consent._values import DEFAULT_RETENTION_DAYS, MAX_DAYS, Hold, Purpose, State, whole_second
from countenance.consent._wording import purpose_words, wording_in
from countenance.consent._words import PURPOSE_WORDS
from countenance.consent._words_fr import typeset as typeset_french
from countenance.consent._worse import PolicyChange, policy_changes, worse

__all__ = [
    "BE_FOUND_WAITS",
    "CHILD_RETENTION_DAYS",
    "DEFAULT_ENROLMENTS_PER_DAY",
    "DEFAULT_PEOPLE_FOUND_PER_DAY",
    "DEFAULT_RETENTION_DAYS",
    "MAX_DAYS",
    "MAX_ENROLMENTS_PER_DAY",
    "MAX_PEOPLE_FOUND_PER_DAY",
    "MAX_POLICY_FILE_BYTES",
    "MIN_SEARCH_RECORD_DAYS",
    "PLAIN_LANGUAGES",
    "PURPOSE_WORDS",
    "RECEIPT_MEDIA_TYPE",
    "SEARCHERS",
    "Consent",
    "Hold",
    "Notice",
    "Permit",
    "Policy",
    "PolicyChange",
    "Purpose",
    "Reason",
    "Receipt",
    "Refusal",
    "State",
    "deadline",
    "decide",
    "decide_template",
    "draft_receipt",
    "kantara_receipt",
    "latest_expiry",
    "link_digest",
    "live_purposes",
    "new_link",
    "policy_changes",
    "policy_from_toml",
    "policy_refusal",
    "policy_to_toml",
    "purpose_words",
    "receipt_jsonld",
    "record_jsonld",
    "sign_receipt",
    "standing",
    "state_of",
    "typeset_french",
    "verify_receipt",
    "whole_second",
    "wording_in",
    "worse",
]
