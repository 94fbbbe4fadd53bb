"""The tree of what can go wrong; what follows from an error (exit code, page) is left to the doors.

CountenanceError
├── UsageWrong               an argument that cannot be meant: a URL, a face number that is not there
│   └── SeveralFaces         the photo shows several faces and one must be chosen (carries their boxes)
├── LibraryProblem
│   ├── NoLibrary            there is no library in that folder
│   ├── LibraryExists        there is one already
│   ├── LibraryBusy          another process holds it for longer than we wait
│   └── LibraryUnsuited      made without what is asked (recognition), or by a newer version
├── NotVerified              stored bytes are not what they must be
│   ├── StoreBroken          a row, a seal or a count does not verify
│   ├── LedgerBroken         the ledger does not verify
│   └── CheckpointInvalid    a checkpoint, a proof or a copy of the ledger that does not hold
├── LedgerNotWritten         a checkpoint, a proof or a copy of the ledger could not be written to its file
├── EntryTooLarge            there is more to be told than one ledger entry can hold
├── KeyProblem
│   ├── KeyMissing           the master key is not where it should be
│   └── KeyWrong             it is not the key of this library, or not a key
├── SealBroken               sealed bytes were changed, moved, or opened with another key
├── ConsentRefused           the gate said no (carries the reason)
│   ├── TooManyEnrolments    more paper enrolments in a day than the policy allows
│   └── TooManyFound         an account has found as many people today as the policy allows
├── PersonProblem
│   ├── PersonUnknown        nobody by that name or id
│   └── PersonAmbiguous      several people by that name (carries their ids)
├── ReceiptInvalid           a receipt that is incomplete, forged, changed or foreign
├── ReceiptNotWritten        a copy of a receipt could not be written, or would have gone over another file
├── PolicyRefused            a policy that is wrong, or worse than what people were told
├── BackupProblem
│   ├── BackupDamaged        a backup that does not restore, or is no backup
│   └── BackupNotWritten     no room or no access; nothing half-done is left
├── ReleaseProblem
│   ├── ReleaseInvalid       the signed form is no PDF and no image
│   └── ReleaseUsed          the same form was used for another enrolment
├── PhotoProblem             this photo cannot be used; others can
│   ├── PhotoMissing         no such file
│   ├── PhotoUnreadable      damaged, empty, or not what it says it is
│   ├── PhotoRefused         a format or size that is not opened
│   └── PhotoNotWritten      a copy could not be written (the original is untouched)
├── FaceProblem              the photo opens, but cannot be used for this
│   ├── NoFace               no face in it
│   └── FaceTooPoor          the photo of the face is too poor to enrol or search with (carries what is wrong)
├── CoverIncomplete          a covered copy still shows a face: it was not published
├── ModelProblem
│   ├── ModelMismatch        templates of different models cannot be compared
│   ├── ModelFileWrong       a model file is missing or its hash is not the catalogue's
│   └── GalleryUnmeasured    more people are enrolled than the thresholds were measured with
├── EvaluationProblem
│   ├── EvaluationInvalid    labelled photos or stored scores that nothing can be measured with
│   └── EvaluationNotWritten results could not be written
└── DeedUnrecorded           a defect: something was to be stored without its ledger entry
"""

from collections.abc import Sequence

__all__ = [
    "BackupDamaged",
    "BackupNotWritten",
    "BackupProblem",
    "CheckpointInvalid",
    "ConsentRefused",
    "CountenanceError",
    "CoverIncomplete",
    "DeedUnrecorded",
    "EntryTooLarge",
    "EvaluationInvalid",
    "EvaluationNotWritten",
    "EvaluationProblem",
    "FaceProblem",
    "FaceTooPoor",
    "GalleryUnmeasured",
    "KeyMissing",
    "KeyProblem",
    "KeyWrong",
    "LedgerBroken",
    "LedgerNotWritten",
    "LibraryBusy",
    "LibraryExists",
    "LibraryProblem",
    "LibraryUnsuited",
    "ModelFileWrong",
    "ModelMismatch",
    "ModelProblem",
    "NoFace",
    "NoLibrary",
    "NotVerified",
    "PersonAmbiguous",
    "PersonProblem",
    "PersonUnknown",
    "PhotoMissing",
    "PhotoNotWritten",
    "PhotoProblem",
    "PhotoRefused",
    "PhotoUnreadable",
    "PolicyRefused",
    "ReceiptInvalid",
    "ReceiptNotWritten",
    "ReleaseInvalid",
    "ReleaseProblem",
    "ReleaseUsed",
    "SealBroken",
    "SeveralFaces",
    "StoreBroken",
    "TooManyEnrolments",
    "TooManyFound",
    "UsageWrong",
]


class CountenanceError(Exception):
    """Say what happened and, in `remedy`, what to do next."""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class UsageWrong(CountenanceError):
    """An argument that cannot be meant."""


class SeveralFaces(UsageWrong):
    """Several faces where one is needed; `boxes` holds `(x, y, w, h)` of each in upright pixels."""

    def __init__(self, what: str, *, boxes: Sequence[tuple[int, int, int, int]], remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.boxes = tuple(boxes)


class LibraryProblem(CountenanceError):
    """The library as a whole cannot be used."""


class NoLibrary(LibraryProblem):
    """There is no library in that folder."""


class LibraryExists(LibraryProblem):
    """There is a library in that folder already."""


class LibraryBusy(LibraryProblem):
    """Another process holds the library for longer than we wait."""


class LibraryUnsuited(LibraryProblem):
    """The library was made without what is asked of it, or by a newer version."""


class NotVerified(CountenanceError):
    """Stored bytes are not what they must be."""


class StoreBroken(NotVerified):
    """A row, a seal or a count of the store does not verify."""


class LedgerBroken(NotVerified):
    """The ledger does not verify."""


class CheckpointInvalid(NotVerified):
    """A checkpoint, a proof or a copy of the ledger does not hold."""


class LedgerNotWritten(CountenanceError):
    """A checkpoint, a proof or a copy of the ledger could not be written to its file."""


class EntryTooLarge(CountenanceError):
    """There is more to be told than one ledger entry can hold."""


class KeyProblem(CountenanceError):
    """The master key cannot be used."""


class KeyMissing(KeyProblem):
    """The master key is not where it should be."""


class KeyWrong(KeyProblem):
    """What was found is not a key, or not the key of this library."""


class SealBroken(CountenanceError):
    """Sealed bytes were changed, moved elsewhere, or opened with another key."""


class ConsentRefused(CountenanceError):
    """The gate said no; `reason` is its word for why."""

    def __init__(self, what: str, *, reason: str, remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.reason = reason


class TooManyEnrolments(ConsentRefused):
    """More enrolments on paper in one day than the policy allows."""


class TooManyFound(ConsentRefused):
    """An account has found as many different people in one day as the policy allows."""


class PersonProblem(CountenanceError):
    """A person was named who cannot be told."""


class PersonUnknown(PersonProblem):
    """Nobody by that name or id."""


class PersonAmbiguous(PersonProblem):
    """Several people by that name; `ids` are theirs."""

    def __init__(self, what: str, *, ids: Sequence[str], remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.ids = tuple(ids)


class ReceiptInvalid(CountenanceError):
    """A receipt that is incomplete, forged, changed or of another library."""


class ReceiptNotWritten(CountenanceError):
    """A copy of a receipt could not be written, or would have gone over another file."""


class PolicyRefused(CountenanceError):
    """A policy that is wrong, or worse than what people were told; `wrong` has a sentence for each thing that is."""

    def __init__(self, what: str, *, wrong: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.wrong = tuple(wrong)


class BackupProblem(CountenanceError):
    """A backup cannot be made or restored."""


class BackupDamaged(BackupProblem):
    """What is there does not restore: it was changed, is incomplete, or is no backup."""


class BackupNotWritten(BackupProblem):
    """The backup could not be written; nothing half-done is left of it."""


class ReleaseProblem(CountenanceError):
    """The signed form cannot stand for an enrolment."""


class ReleaseInvalid(ReleaseProblem):
    """The signed form is no PDF and no image."""


class ReleaseUsed(ReleaseProblem):
    """The same form was used for another enrolment."""


class PhotoProblem(CountenanceError):
    """This photo cannot be used; others can."""


class PhotoMissing(PhotoProblem):
    """There is no such file."""


class PhotoUnreadable(PhotoProblem):
    """The file is damaged, empty, or not what it says it is."""


class PhotoRefused(PhotoProblem):
    """A format or size that is not opened."""


class PhotoNotWritten(PhotoProblem):
    """A copy could not be written; the original is untouched."""


class FaceProblem(CountenanceError):
    """The photo opens, but its faces cannot be used for this."""


class NoFace(FaceProblem):
    """No face is to be seen in the photo."""


class FaceTooPoor(FaceProblem):
    """The photo of the face is too poor to enrol or search with; `troubles` has a code for each thing that is wrong."""

    def __init__(self, what: str, *, troubles: Sequence[str], remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.troubles = tuple(troubles)


class CoverIncomplete(CountenanceError):
    """A covered copy still shows a face that must not be seen; it was not published."""


class ModelProblem(CountenanceError):
    """A model cannot be used."""


class ModelMismatch(ModelProblem):
    """Templates of different models cannot be compared."""


class ModelFileWrong(ModelProblem):
    """A model file is missing, or its SHA-256 is not the one in the catalogue."""


class GalleryUnmeasured(ModelProblem):
    """More people are enrolled than the thresholds were measured with, so nobody can say how often they err."""


class EvaluationProblem(CountenanceError):
    """Error rates cannot be measured or kept."""


class EvaluationInvalid(EvaluationProblem):
    """Labelled photos or stored comparison scores that nothing can be measured with."""


class EvaluationNotWritten(EvaluationProblem):
    """The results of an evaluation could not be written."""


class DeedUnrecorded(CountenanceError):
    """A defect in this software: something was to be stored without its ledger entry."""
