from countenance.consent import Policy as Policy
from countenance.consent import Purpose as Purpose
from countenance.consent import State as State
from countenance.errors import CountenanceError as CountenanceError
from countenance.ledger import ReasonClass as ReasonClass
from countenance.library import EnrolmentForm as EnrolmentForm
from countenance.library import Library as Library
from countenance.library import Order as Order
from countenance.library import Style as Style
from countenance.ports import Step as Step
from countenance.settings import Settings as Settings

__all__ = [
    "CountenanceError",
    "EnrolmentForm",
    "Library",
    "Order",
    "Policy",
    "Purpose",
    "ReasonClass",
    "Settings",
    "State",
    "Step",
    "Style",
]
