"""What the page Privacy asks of the database, in the worker's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divegov_gui.core.errors import Refused
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services import directory, diver_search, privacy, subjects
from divegov_gui.services.deployment import plan_deployment
from divegov_gui.services.manifest import Pack
from divegov_gui.services.roles import Role, role_of
from divegov_gui.services.subject_papers import keep_certificate, write_certificate, write_export
from divegov_gui.ui.paper import write_paper

PERSONAS: tuple[tuple[str, str], ...] = (
    ("data_steward", "Data steward"),
    ("compliance_officer", "Compliance officer"),
    ("data_analyst", "Data analyst"),
    ("owner", "Owner of the file"),
)
"""As whom one may act in a file without logins."""
ROLES = PERSONAS[:3]
"""The roles that are compared, in the order of what they see."""


@dataclass(frozen=True)
class Seen:
    """One diver as one role sees them: every value, and which are masks.

    `withheld` are those that the role sees and the viewer does not, so that they are not shown here.
    """

    values: Mapping[str, str | None]
    masked: frozenset[str]
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Comparison:
    """One diver as each role sees them (None: there is nobody yet), and who one is oneself."""

    diver_id: int | None
    name: str
    mine: Role
    roles: Mapping[str, Seen]
    rights: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Standing:
    """What one's role may do for a data subject: both empty where it may, else why not; and whom a search finds."""

    why_no_export: str = ""
    why_no_erasure: str = ""
    searched: str = "Former names, emails and deleted divers are searched too."


# --- who sees what


def compare_roles(
    scripts: Path | None,
    text: str | None,
    beyond: int | None,
    kept: int | None,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> Comparison | None:
    """What each role sees of the diver that `text` finds, or the one after `beyond`, or `kept` if there still.

    None: nothing is deployed.
    """
    plan = plan_deployment(session, scripts)
    if any(script.journal is None for script in plan.scripts):
        return None
    mine, rights = role_of(session), privacy.read_rights(session)
    diver_id = _sample(session, text, beyond, kept, cancel)
    if diver_id is None:
        return Comparison(None, "", mine, {}, rights)
    found = privacy.compare_roles(session, diver_id)
    hidden = {role.name: role.masked for role in privacy.read_roles(session)}
    roles = {
        name: Seen(seen.values, hidden[name], mine.masked - hidden[name])
        for name, seen in found.roles.items()
    }
    return Comparison(diver_id, found.name, mine, roles, rights)


def _sample(
    session: Any, text: str | None, beyond: int | None, kept: int | None, cancel: CancelToken
) -> int | None:
    """The diver to show: found by a text, or the same as before, or the next of those who changed last."""
    if kept is not None and directory.read_current(session, kept, cancel) is not None:
        return kept
    if text:
        found = [each for each in diver_search.search(session, text, cancel=cancel) if not each.is_deleted]
        if not found:
            raise Refused(
                "Nobody is found by that.",
                "A diver is found by number, or by the beginning of a name, email or reference that you may see.",
                "Type another beginning. An officer finds a masked email by the whole of it.",
            )
        return found[0].diver_id
    ids = [each.diver_id for each in directory.read_newest(session, cancel=cancel)]
    if beyond in ids:
        return ids[(ids.index(beyond) + 1) % len(ids)]
    return ids[0] if ids else None


def reveal_value(
    diver_id: int, column: str, reason: str, session: Any, _: ProgressSink, __: CancelToken
) -> privacy.Revealed:
    """Look behind the mask over one value."""
    return privacy.reveal(session, diver_id, column, reason)


# --- what a person may ask for


def read_standing(session: Any, _: ProgressSink, __: CancelToken) -> Standing:
    """What one's role may do for a data subject."""
    mine = role_of(session)
    return Standing(
        "" if mine.may("Export_Subject") else _not_for(mine, "hand out what is held of a person"),
        "" if mine.may("Erase_Diver") else _not_for(mine, "erase a person"),
        _searched(mine),
    )


def _searched(mine: Role) -> str:
    """Whom a search finds, for the one who finds nobody."""
    if "Email" not in mine.masked:
        return Standing.searched
    if mine.may("Find_Diver"):
        return "A masked email is found by the whole of it, and the log tells that it was asked for."
    return "Nobody is found by what a mask hides from your role."


def _not_for(mine: Role, what: str) -> str:
    held = " and ".join(name.replace("_", " ") for name in mine.names) or "person without a role"
    chosen = "" if mine.is_enforced_by_server else " Choose that role above to act as one in this workspace."
    return f"A {held} may not {what}: a compliance officer does it.{chosen}"


def export_person(
    diver_id: int, reason: str, folder: Path, session: Any, _: ProgressSink, cancel: CancelToken
) -> Pack:
    """Write everything that is held of a person into the new folder `folder`: a page, a PDF and JSON, sealed."""
    found = subjects.export_subject(session, diver_id, reason, cancel=cancel)
    return write_export(found, folder, write_paper)


def rehearse_erasure(diver_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> subjects.Inventory:
    """What an erasure would find. Nothing is changed."""
    return subjects.rehearse_erasure(session, diver_id, cancel=cancel)


def erase_person(
    diver_id: int, reason: str, session: Any, progress: ProgressSink, cancel: CancelToken
) -> tuple[subjects.Erased, Path | None]:
    """Erase a person for good, and search again for all that named them; and where a copy of the certificate is."""
    done = subjects.erase(session, diver_id, reason, progress=progress, cancel=cancel)
    return done, keep_certificate(done.certificate)


def save_certificate(done: subjects.Erased, path: Path, _: Any, __: ProgressSink, ___: CancelToken) -> Path:
    """Write a certificate to `path`, as its ending says; returns it."""
    return write_certificate(done.certificate, path, write_paper)
