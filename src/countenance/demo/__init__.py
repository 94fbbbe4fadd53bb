"""The demo: a small school's year in a minute, on photos that come along; a door that uses the library's public names.

Run it with `python -m countenance.demo FOLDER`; what it makes is described in `docs/tutorial.md`.
"""

from countenance.demo._acts import lay_out
from countenance.demo._group_photos import PLANS
from countenance.demo._run import run_demo
from countenance.demo._telling import Teller

__all__ = ["PLANS", "Teller", "lay_out", "run_demo"]
