"""Where the master key comes from (file, command, variable), and the vault that wraps all other keys under it.

The environment is read at the doors, ciphertexts are kept by `stores`; which key is for what is said in `ports`.
"""

from countenance.keys._file import default_key_path, make_key_file
from countenance.keys._sources import KeyCommand, KeyFile, KeySource, KeyVariable, read_key
from countenance.keys._text import key_text, parse_key
from countenance.keys._vault import MasterVault

__all__ = [
    "KeyCommand",
    "KeyFile",
    "KeySource",
    "KeyVariable",
    "MasterVault",
    "default_key_path",
    "key_text",
    "make_key_file",
    "parse_key",
    "read_key",
]
