"""python -m countenance.demo FOLDER."""

import argparse
import sys
from pathlib import Path

from countenance.demo._run import run_demo
from countenance.demo._telling import terminal
from countenance.errors import CountenanceError


def main() -> int:
    """Run the demo; 0 if everything came out as it must, 1 if not, 2 if it cannot write there."""
    parser = argparse.ArgumentParser(
        prog="python -m countenance.demo",
        description="Show what Countenance does, on photos that come along, and write it down as a page.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("demo-output"), help="made anew by each run")
    teller = terminal()
    try:
        return run_demo(parser.parse_args().folder, teller=teller)
    except CountenanceError as problem:
        teller.say(f"The demo stopped: {problem.what}. {problem.remedy}".strip())
        return 1


if __name__ == "__main__":
    sys.exit(main())
