"""Who may search: what every journey that looks for people asks of the policy first."""

from countenance.consent import Policy
from countenance.errors import ConsentRefused


def refuse_searcher(policy: Policy, role: str) -> None:
    """Refuse a staff search that the policy switches off, or does not leave to this role.

    Raises:
        ConsentRefused: it does.
    """
    if not policy.staff_search:
        raise ConsentRefused(
            "this library's policy does not allow staff to search by a photo",
            reason="no-staff-search",
            remedy="a library is made for it with `init --staff-search`, and people are asked for be-found",
        )
    if role not in policy.searchers:
        raise ConsentRefused(
            f"this library's policy does not let a {role} search",
            reason="not-a-searcher",
            remedy=f"ask a {' or '.join(policy.searchers)}",
        )
