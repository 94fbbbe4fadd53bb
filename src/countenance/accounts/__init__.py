"""Accounts: which spellings are one, when two are two, how much one may do in a day; pure.

Which role may do what is the policy's to say, what an account did stands in the ledger, and who somebody is, the doors
find out.
"""

from countenance.accounts._allowance import Allowance, day_began
from countenance.accounts._names import is_another, is_same

__all__ = [
    "Allowance",
    "day_began",
    "is_another",
    "is_same",
]
