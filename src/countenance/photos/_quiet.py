"""Keep the decoders' warnings about odd metadata from users and from `-W error`; errors are not touched."""

import contextlib
import threading
import warnings
from collections.abc import Iterator

_lock = threading.Lock()
_readers = 0
_kept: "warnings.catch_warnings[None] | None" = None


@contextlib.contextmanager
def quiet_decoders() -> Iterator[None]:
    """Ignore what Pillow warns of while at least one photo is being decoded, and then put the filters back.

    Python 3.11 has one list of filters for all threads, so the first reader in changes it and the last one out
    restores it; the decoding itself is not held up.
    """
    global _kept, _readers  # noqa: PLW0603 - the filters are global, so is the count of who needs them changed
    with _lock:
        _readers += 1
        if _readers == 1:
            _kept = warnings.catch_warnings()
            _kept.__enter__()
            warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif)\b")
    try:
        yield
    finally:
        with _lock:
            _readers -= 1
            if _readers == 0 and _kept is not None:
                _kept.__exit__(None, None, None)
                _kept = None
