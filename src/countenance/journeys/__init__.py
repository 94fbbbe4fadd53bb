"""The verbs, one straight file each, with everything they need from outside as arguments; no journey knows another.

Import a journey from its own module: `from countenance.journeys.search import search`. What joins them (jobs, files of
keys, worker processes, opening and closing) is left to `library`.
"""

__all__: list[str] = []
