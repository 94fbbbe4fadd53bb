"""The object that users hold, and the only place that joins rooms; what a person reads is left to the doors."""

from countenance.journeys.anchor import Anchored, Stamped
from countenance.journeys.approve import Approval
from countenance.journeys.calibrate import Calibrated
from countenance.journeys.decide import Decided, Word
from countenance.journeys.enrol import Enrolment, EnrolmentForm
from countenance.journeys.govern import PolicySet
from countenance.journeys.open_link import Opened
from countenance.journeys.publish import Order
from countenance.journeys.reembed import Reembedding
from countenance.journeys.report import Period, TransparencyReport
from countenance.journeys.republish import Recovered
from countenance.journeys.rescan import Rescan
from countenance.journeys.sweep import ComingDue, Sweep, Swept
from countenance.journeys.thresholds import Fit, InUse
from countenance.journeys.withdraw import Withdrawal
from countenance.library._anchor_check import AnchorCheck, AnchorFinding, AnchorKind
from countenance.library._anchors import Listed, Requests
from countenance.library._backup import Restored, restore
from countenance.library._calibrating import Asks, asked, calibration_from, promised
from countenance.library._charts import Drawing, Plot, Table
from countenance.library._checks import LedgerVerdict, Verification, verify_without_key
from countenance.library._comparing import Compared
from countenance.library._condition import condition
from countenance.library._counts import Counts, Figures, numbers_in_words
from countenance.library._documents import Block, Document, Facts, Items, Paragraph, Section, Wording, document_object
from countenance.library._evaluating import (
    Evaluated,
    evaluate_again,
    evaluate_folder,
    give_evaluation,
    refuse_taken_folder,
)
from countenance.library._evaluation_object import figures_object
from countenance.library._evaluation_page import evaluation_page
from countenance.library._giving import give_document, give_policy
from countenance.library._indexing import Indexed
from countenance.library._keys import KeyWhereabouts, key_place
from countenance.library._library import Library
from countenance.library._mirrors import mirror_place
from countenance.library._misses import misses_in_words
from countenance.library._policy_page import policy_page
from countenance.library._proofs import Proved
from countenance.library._publishing import Publishing, PublishingFailure
from countenance.library._receipt_files import ReceiptFormat
from countenance.library._rekey import Rekeying, rekey
from countenance.library._remembered import Remembered
from countenance.library._report_file import give_report, report_object
from countenance.library._report_page import report_page
from countenance.library._republishing import NotRecovered, Republishing
from countenance.measures import Plan, Protocol
from countenance.photos import local_path
from countenance.redaction import Style
from countenance.stores import Backup, Restoration
from countenance.vision import ModelCard, catalogue

__all__ = [
    "AnchorCheck",
    "AnchorFinding",
    "AnchorKind",
    "Anchored",
    "Approval",
    "Asks",
    "Backup",
    "Block",
    "Calibrated",
    "ComingDue",
    "Compared",
    "Counts",
    "Decided",
    "Document",
    "Drawing",
    "Enrolment",
    "EnrolmentForm",
    "Evaluated",
    "Facts",
    "Figures",
    "Fit",
    "InUse",
    "Indexed",
    "Items",
    "KeyWhereabouts",
    "LedgerVerdict",
    "Library",
    "Listed",
    "ModelCard",
    "NotRecovered",
    "Opened",
    "Order",
    "Paragraph",
    "Period",
    "Plan",
    "Plot",
    "PolicySet",
    "Protocol",
    "Proved",
    "Publishing",
    "PublishingFailure",
    "ReceiptFormat",
    "Recovered",
    "Reembedding",
    "Rekeying",
    "Remembered",
    "Republishing",
    "Requests",
    "Rescan",
    "Restoration",
    "Restored",
    "Section",
    "Stamped",
    "Style",
    "Sweep",
    "Swept",
    "Table",
    "TransparencyReport",
    "Verification",
    "Withdrawal",
    "Word",
    "Wording",
    "asked",
    "calibration_from",
    "catalogue",
    "condition",
    "document_object",
    "evaluate_again",
    "evaluate_folder",
    "evaluation_page",
    "figures_object",
    "give_document",
    "give_evaluation",
    "give_policy",
    "give_report",
    "key_place",
    "local_path",
    "mirror_place",
    "misses_in_words",
    "numbers_in_words",
    "policy_page",
    "promised",
    "refuse_taken_folder",
    "rekey",
    "report_object",
    "report_page",
    "restore",
    "verify_without_key",
]
