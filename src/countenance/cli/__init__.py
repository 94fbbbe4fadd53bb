"""The door of the command line: arguments in, text or JSON out, and an exit code; what is done is left to the library.

One file per command; a command is loaded when it is called. Result on stdout, progress and errors on stderr.
The promises to scripts are written in docs/reference: cli.md, json.md, errors.md.
"""

from countenance.cli._door import COMMANDS, door, main
from countenance.cli._exit_codes import EXIT_CODES, MEANINGS

__all__ = ["COMMANDS", "EXIT_CODES", "MEANINGS", "door", "main"]
