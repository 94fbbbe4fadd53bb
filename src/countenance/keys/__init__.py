"""Where the master key comes from (file, command, variable, keyring), and the vault that wraps all other keys under it.

The environment is read at the doors, ciphertexts are kept by `stores`; which key is for what is said in `ports`.
"""

from countenance.keys._file import default_key_path, make_key_file
from countenance.keys._lost import LOST
from countenance.keys._places import KeyPlace, clear, destroy_key, is_same, key_at, settle, waiting
from countenance.keys._ring import KeyRing, backend
from countenance.keys._sources import KeyCommand, KeyFile, KeySource, KeyVariable, read_key, source_of
from countenance.keys._text import key_text, parse_key
from countenance.keys._vault import MasterVault

__all__ = [
    "LOST",
    "KeyCommand",
    "KeyFile",
    "KeyPlace",
    "KeyRing",
    "KeySource",
    "KeyVariable",
    "MasterVault",
    "backend",
    "clear",
    "default_key_path",
    "destroy_key",
    "is_same",
    "key_at",
    "key_text",
    "make_key_file",
    "parse_key",
    "read_key",
    "settle",
    "source_of",
    "waiting",
]
