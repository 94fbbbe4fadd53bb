"""`python -m countenance`, and what the command `countenance` starts: the command line."""

import importlib
import sys

# 128 and the number of SIGINT, as a shell reports it.
INTERRUPTED = 130


def main() -> None:
    """Run the command line and end the process; Ctrl-C while it is still being loaded is no traceback either."""
    try:
        importlib.import_module("countenance.cli").main()
    except KeyboardInterrupt:
        sys.stderr.write("countenance: Interrupted. Nothing was half done.\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
