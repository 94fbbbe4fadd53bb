"""Reading a policy from the file that a user names."""

from pathlib import Path

from countenance.consent import MAX_POLICY_FILE_BYTES, Policy, policy_from_toml
from countenance.errors import PolicyRefused


def read_policy(file: Path) -> Policy:
    """Read a policy from a file (TOML).

    Raises:
        PolicyRefused: there is no such file, it cannot be read, or is no policy.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_POLICY_FILE_BYTES + 1)
    except OSError as problem:
        raise PolicyRefused(
            f"the policy file {file.name} cannot be read: {problem.strerror}", remedy="give a policy file (TOML)"
        ) from problem
    return policy_from_toml(data)
