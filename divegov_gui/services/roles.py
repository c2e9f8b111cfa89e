"""Who one is to the database, and what one may do there.

The database decides; what is here tells the window and the command line beforehand, so that nobody is offered what
would be refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from divegov_gui.database.session import Filter, Session

OWNER = "owner"
"""Who is bound by no role: the owner of the database, or of the workspace's file."""


@dataclass(frozen=True)
class Role:
    """Who one is to the database: the roles that one holds, and over which columns one sees masks."""

    names: tuple[str, ...]
    masked: frozenset[str]
    rights: frozenset[str] = field(repr=False)
    is_enforced_by_server: bool

    @property
    def is_owner(self) -> bool:
        """Whether nothing is masked and nothing refused."""
        return OWNER in self.names

    def may(self, name: str) -> bool:
        """Whether a procedure may be run or a view be read."""
        return self.is_owner or name in self.rights


def role_of(session: Session) -> Role:
    """Who one is to this database."""
    names = session.roles
    held = [] if OWNER in names else [Filter("Role_Name", "in", names)]
    rights = session.select("Role_Rights", ["Object_Name"], held)
    return Role(
        names=names,
        masked=frozenset() if OWNER in names else _masked(session, names),
        rights=frozenset(row["Object_Name"] for row in rights),
        is_enforced_by_server=session.dialect == "sqlserver",
    )


def may(session: Session, name: str) -> bool:
    """Whether one may run a procedure or read a view."""
    return role_of(session).may(name)


def _masked(session: Session, names: tuple[str, ...]) -> frozenset[str]:
    """The columns that none of the roles sees behind."""
    rows = session.select("Role_Masks", ["Column_Name", "Role_Name", "Is_Masked"])
    shown = {r["Column_Name"] for r in rows if r["Role_Name"] in names and not r["Is_Masked"]}
    return frozenset(r["Column_Name"] for r in rows) - shown
