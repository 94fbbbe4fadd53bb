"""What an error means to a script: the exit code of each class of the tree, and of what is no error."""

from collections.abc import Mapping
from types import MappingProxyType

from countenance import errors
from countenance.errors import CountenanceError

DONE = 0
ERROR = 1
USAGE = 2
SOME_FAILED = 3
NO_LIBRARY = 10
BUSY = 11
REFUSED = 20
NOT_VERIFIED = 21
# What a shell reports for a process that SIGINT ended: 128 and the signal's number.
INTERRUPTED = 130

MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        DONE: "done",
        ERROR: "an error; nothing was half done",
        USAGE: "the arguments cannot be meant, or do not say enough",
        SOME_FAILED: "done, but some photos could not be read; they are listed",
        NO_LIBRARY: "there is no library in that folder",
        BUSY: "another process holds the library for longer than we wait",
        REFUSED: "refused for lack of consent",
        NOT_VERIFIED: "the ledger, the library or a backup does not verify",
        INTERRUPTED: "interrupted",
    }
)

# Every class stands here by itself: what a new one means to scripts is to be thought about, not inherited.
EXIT_CODES: Mapping[type[CountenanceError], int] = MappingProxyType(
    {
        CountenanceError: ERROR,
        errors.UsageWrong: USAGE,
        errors.SeveralFaces: USAGE,
        errors.LibraryProblem: ERROR,
        errors.NoLibrary: NO_LIBRARY,
        errors.LibraryExists: ERROR,
        errors.LibraryBusy: BUSY,
        errors.LibraryUnsuited: ERROR,
        errors.NotVerified: NOT_VERIFIED,
        errors.StoreBroken: NOT_VERIFIED,
        errors.LedgerBroken: NOT_VERIFIED,
        errors.CheckpointInvalid: NOT_VERIFIED,
        errors.LedgerNotWritten: ERROR,
        errors.EntryTooLarge: ERROR,
        errors.KeyProblem: ERROR,
        errors.KeyMissing: ERROR,
        errors.KeyWrong: ERROR,
        errors.SealBroken: NOT_VERIFIED,
        errors.ConsentRefused: REFUSED,
        errors.TooManyEnrolments: REFUSED,
        errors.TooManyFound: REFUSED,
        errors.PersonProblem: ERROR,
        errors.PersonUnknown: ERROR,
        errors.PersonAmbiguous: USAGE,
        errors.ReceiptInvalid: ERROR,
        errors.ReceiptNotWritten: ERROR,
        errors.PolicyRefused: USAGE,
        errors.BackupProblem: ERROR,
        errors.BackupDamaged: NOT_VERIFIED,
        errors.BackupNotWritten: ERROR,
        errors.ReleaseProblem: ERROR,
        errors.ReleaseInvalid: ERROR,
        errors.ReleaseUsed: REFUSED,
        errors.PhotoProblem: ERROR,
        errors.PhotoMissing: ERROR,
        errors.PhotoUnreadable: ERROR,
        errors.PhotoRefused: ERROR,
        errors.PhotoNotWritten: ERROR,
        errors.FaceProblem: ERROR,
        errors.NoFace: ERROR,
        errors.FaceTooPoor: ERROR,
        errors.CoverIncomplete: ERROR,
        errors.ModelProblem: ERROR,
        errors.ModelMismatch: ERROR,
        errors.ModelFileWrong: ERROR,
        errors.GalleryUnmeasured: ERROR,
        errors.EvaluationProblem: ERROR,
        errors.EvaluationInvalid: ERROR,
        errors.EvaluationNotWritten: ERROR,
        errors.DeedUnrecorded: ERROR,
    }
)


def exit_code(problem: CountenanceError) -> int:
    """Give the exit code of an error."""
    return EXIT_CODES[type(problem)]
