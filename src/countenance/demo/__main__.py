"""python -m countenance.demo FOLDER."""

import argparse
import sys
from pathlib import Path

from countenance.demo._run import FAILED, run_demo
from countenance.demo._telling import terminal
from countenance.errors import CountenanceError

# 128 and the number of SIGINT, as a shell reports it.
INTERRUPTED = 130


def main() -> int:
    """Run the demo; 0 if everything came out as it must, 1 if not, 2 if it may not write there, 130 if interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m countenance.demo",
        description="Show what Countenance does, on photos that come along, and write it down as a page.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("demo-output"), help="made anew by each run")
    parser.add_argument(
        "--verifier",
        type=_program,
        metavar="FILE",
        help="tools/verify_ledger.py, to check the ledger from outside; without it the library's own code stands in",
    )
    teller = terminal()
    given = parser.parse_args()
    try:
        return run_demo(given.folder, teller=teller, verifier=given.verifier)
    except CountenanceError as problem:
        teller.say(f"The demo stopped: {problem.what}. {problem.remedy}".strip())
        return FAILED
    except OSError as problem:
        teller.say(f"The demo stopped: {problem.strerror or problem} ({problem.filename or 'no file named'}).")
        return FAILED
    except KeyboardInterrupt:
        teller.say()
        teller.say("Interrupted. The next run begins anew.")
        return INTERRUPTED


def _program(given: str) -> Path:
    """Give the place of a program that is there."""
    path = Path(given).absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {given}")
    return path


if __name__ == "__main__":
    sys.exit(main())
