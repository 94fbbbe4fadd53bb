"""The policy as a file that people write: TOML, each field with a line about it, and read back strictly."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import tomli_w

from countenance.consent._notice import Notice
from countenance.consent._policy import PLAIN_LANGUAGES, Policy, has_plain_notice
from countenance.consent._policy_fields import POLICY_SCHEMA, SECOND_POLICY_SCHEMA
from countenance.consent._policy_terms import refuse
from countenance.errors import PolicyRefused

# A policy with notices in many languages takes some ten kilobytes; what is larger is not one.
MAX_POLICY_FILE_BYTES = 1_000_000

_ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "schema": "The version of this format.",
        "languages": "The notices below, by language; the first one serves whoever reads none of them.",
        "controller": "Who answers for the library.",
        "contact": "Where people turn to, for instance to withdraw.",
        "authority": "Where people may complain.",
        "jurisdiction": "Whose law holds.",
        "regions": "Countries and regions whose law is looked at, ISO 3166: IE, US-IL. It may be empty.",
        "location": "Where the data is kept.",
        "recipients": "Who gets the data; say so if it is nobody.",
        "lawful_basis": "On what the processing is based.",
        "purposes": "What people are asked for: find-me, be-found (only with staff_search), be-shown.",
        "staff_search": "Whether staff may search by a photo.",
        "searchers": "The roles that may search: steward, searcher.",
        "be_found_waits": "What must happen before be-found begins: no, link, steward, link-or-steward.",
        "recognition": "Whether face templates are made at all.",
        "retention_days": "How many days a consent may last, at most 1095.",
        "child_retention_days": "The same for a consent that a guardian signed; not more than retention_days.",
        "evidence_days": "How many days longer name, receipt and signed form are kept, at most 1095.",
        "search_record_days": "How many days the controller can read who searched and why, 183 to 1095.",
        "enrolments_per_day": "How many people may be enrolled on paper in one day, at most 1000.",
        "people_found_per_day": "How many different people one account may find in one day, at most 1000.",
    }
)


_ABOUT_NOTICES = """\
# What people are shown before they choose, once for each language. `plain = true` stands for the text that the program
# writes from the fields above, in English or French. For a text of your own, write instead:
# text = '''
# Photos of you ...
# '''
"""


def policy_to_toml(policy: Policy) -> str:
    """Write a policy as a file to be edited; a notice that is the plain one is written as `plain = true`."""
    fields = policy.to_object()
    del fields["notices"]
    head = {"schema": fields.pop("schema"), "languages": [notice.language for notice in policy.notices]}
    lines = [
        f"# {_ABOUT[name]}\n{tomli_w.dumps({name: value}, multiline_strings=False)}"
        for name, value in {**head, **fields}.items()
    ]
    return "\n".join([*lines, _ABOUT_NOTICES, *(_notice_table(notice, policy) for notice in policy.notices)])


def policy_from_toml(data: bytes) -> Policy:
    """Read a policy from the bytes of a file.

    Raises:
        PolicyRefused: it is no TOML in UTF-8, or a field is missing, blank, unknown or wrong; the error names it.
    """
    if len(data) > MAX_POLICY_FILE_BYTES:
        raise PolicyRefused(
            f"the policy file is larger than {MAX_POLICY_FILE_BYTES:,} bytes", remedy="give a policy file"
        )
    try:
        fields = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise PolicyRefused("the policy file is no text in UTF-8", remedy="save it as UTF-8") from problem
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise PolicyRefused(
            f"the policy file is no TOML: {problem}",
            remedy="correct it there, or begin anew from what `countenance policy show --to FILE.toml` writes",
        ) from problem
    if fields.get("schema", POLICY_SCHEMA) not in (POLICY_SCHEMA, SECOND_POLICY_SCHEMA):
        raise PolicyRefused("the policy's field schema is not of this version", remedy=f'write "{POLICY_SCHEMA}"')
    languages = fields.pop("languages", None)
    plain = _take_plain(fields.get("notices"))
    policy = Policy.from_object(fields)
    written = [notice.language for notice in policy.notices]
    if languages != written:
        # The list stands at the head, the notices at the end: what was cut off of the file is missed.
        raise PolicyRefused(
            f"the policy's field languages does not list the notices that are in the file: {', '.join(written)}",
            remedy="list their languages in their order, or put back the notice that is missing",
        )
    return replace(
        policy,
        notices=tuple(
            Notice(notice.language, policy.plain_notice(notice.language)) if place in plain else notice
            for place, notice in enumerate(policy.notices)
        ),
    )


def _notice_table(notice: Notice, policy: Policy) -> str:
    table: dict[str, object] = {"language": notice.language}
    if has_plain_notice(notice.language) and notice.text == policy.plain_notice(notice.language):
        table["plain"] = True
    else:
        table["text"] = notice.text
    # TOML reads the line ends of its long texts as \n: a notice with others is written in one line, with escapes.
    return "[[notices]]\n" + tomli_w.dumps(table, multiline_strings="\r" not in notice.text)


def _take_plain(notices: object) -> frozenset[int]:
    """Give the places of the notices that are to be the plain ones, and put a text into them meanwhile."""
    places = set()
    for place, notice in enumerate(notices if isinstance(notices, list) else ()):
        if not isinstance(notice, dict) or "plain" not in notice:
            continue
        if notice.pop("plain") is not True:
            refuse("notices.plain", "must be true, or left out")
        if "text" in notice:
            refuse("notices.text", "must not be there beside plain")
        if not has_plain_notice(str(notice.get("language"))):
            refuse(
                "notices.plain", f"is there in {' and '.join(PLAIN_LANGUAGES)} alone; give a text in other languages"
            )
        notice["text"] = "to be written"
        places.add(place)
    return frozenset(places)
