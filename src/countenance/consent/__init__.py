"""What people allowed: receipts, purposes, policy, and the gate that gives a Permit or a Refusal; nothing is kept here.

It is pure: `now` is an argument, keys are passed in, and receipts are stored by `stores`.
"""

from countenance.consent._drafting import draft_receipt
from countenance.consent._gate import Permit, Reason, Refusal, decide, decide_template, policy_refusal
from countenance.consent._jsonld import receipt_jsonld, record_jsonld
from countenance.consent._kantara import kantara_receipt
from countenance.consent._policy import Policy
from countenance.consent._receipt import Receipt
from countenance.consent._signing import RECEIPT_MEDIA_TYPE, sign_receipt, verify_receipt
from countenance.consent._standing import Consent, deadline, latest_expiry, live_purposes, standing, state_of
from countenance.consent._values import DEFAULT_RETENTION_DAYS, MAX_DAYS, Hold, Purpose, State
from countenance.consent._wording import purpose_words
from countenance.consent._words import PURPOSE_WORDS

__all__ = [
    "DEFAULT_RETENTION_DAYS",
    "MAX_DAYS",
    "PURPOSE_WORDS",
    "RECEIPT_MEDIA_TYPE",
    "Consent",
    "Hold",
    "Permit",
    "Policy",
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
    "live_purposes",
    "policy_refusal",
    "purpose_words",
    "receipt_jsonld",
    "record_jsonld",
    "sign_receipt",
    "standing",
    "state_of",
    "verify_receipt",
]
