"""SQL Server's and the ODBC driver's errors, and those that procedures throw, in the program's own words.

Sources: learn.microsoft.com, "Database Engine events and errors" (numbers), "Troubleshoot transient connection errors
in Azure SQL Database" (which pass), "ODBC error codes" (SQLSTATEs); pyodbc, src/errors.cpp (how its messages are put
together: the first diagnostic record everywhere, all of them on Windows).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from divegov_gui.core.errors import Cancelled, Conflict, ConnectionFailed, DiveGovError, Refused
from divegov_gui.database.sqlite_errors import thrown

_RECORD = re.compile(
    r"\[(?P<state>[0-9A-Z]{5})\] (?P<text>.*?) \((?P<native>-?\d+)\)(?: \(\w+\))?(?=; \[[0-9A-Z]{5}\] |\s*\Z)",
    re.DOTALL,
)
_PREFIX = re.compile(
    r"\s*(?:\[(?:Microsoft|unixODBC|iODBC|FreeTDS|SQL Server|SQL Server Native Client[^\]]*|ODBC [^\]]*)\]\s*)+"
)
_STATE = re.compile(r"[0-9A-Z]{5}")
_NAMES = re.compile(r"""(?:constraint|index) ["']([\w$ .]+)["']""", re.IGNORECASE)

OURS = range(50400, 51000)
"""What the scripts THROW: 504xx are refusals and conflicts, 505xx inconsistencies; each with a sentence for people."""

FIRST_OF_USERS = 50000
"""From here on numbers are a script's own (learn.microsoft.com, "THROW"), so a site's scripts may have theirs."""

CANCELLED_STATE = "HY008"
_TIMEOUT_STATES = frozenset({"HYT00", "HYT01"})
_LINK_STATES = frozenset({"08S01", "08003", "08007", "01002"})
_LINK_NATIVES = frozenset({64, 104, 121, 232, 233, 10053, 10054})
"""Operating systems' numbers for a broken connection. Some are the server's for other things: the SQLSTATE decides."""

_FREETDS_NOBODY_THERE = 20009
"""FreeTDS, include/sybdb.h SYBECONN: told as 08S01, but nothing was ever connected."""

NOT_RUN = frozenset({4221, 10928, 10929, 40501, 40613, 49918, 49919, 49920})
"""Azure SQL refuses a request with these before it begins it, or while the database is being moved."""

TRANSIENT = NOT_RUN | {40143, 40197, 40540, 42108, 42109, 1204, 1205, 1222, 41839}
"""Errors that pass by themselves: the same request, sent again, may succeed. (41839 is no ledger's error: a transaction
on memory-optimised tables waited for too many others; "Retry the statement.")"""

_SHOWS_WHERE = (
    "Test the connection on the Connections page, or with divegov connect test: it shows where it stops."
)

_LEDGER = range(37300, 37500)
"""What a ledger refuses (37359: append only), and what its verification finds (37368, 37392)."""

NO_SUCH_PARAMETER = frozenset({201, 8144, 8145, 8146})


@dataclass(frozen=True)
class DriverError:
    """One error as the driver told it: its SQLSTATE, the server's own number (0: none) and the text without prefix."""

    state: str
    native: int
    text: str

    @property
    def lost_link(self) -> bool:
        """Whether the connection is gone."""
        return self.state in _LINK_STATES or (self.state == "08001" and self.native in _LINK_NATIVES)

    @property
    def is_timeout(self) -> bool:
        """Whether it took longer than it was given."""
        return self.state in _TIMEOUT_STATES or self.native == -2

    @property
    def is_transient(self) -> bool:
        """Whether the same again may succeed."""
        return self.native in TRANSIENT or self.lost_link

    @property
    def was_not_run(self) -> bool:
        """Whether the server surely never began what it was asked."""
        return self.native in NOT_RUN

    @property
    def may_open_later(self) -> bool:
        """Whether opening the connection once more may succeed; a wrong password or a closed port never will."""
        return self.native in TRANSIENT or (self.lost_link and self.native != _FREETDS_NOBODY_THERE)


def without_prefix(text: str) -> str:
    """A driver's message without the ``[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]`` before it."""
    return _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text


def read_error(error: BaseException) -> DriverError:
    """What a pyodbc error says. Of several records it is the one that a procedure of ours threw, or else the first."""
    arguments = [str(argument) for argument in error.args] + ["", ""]
    state, text = arguments[0], arguments[1]
    if not _STATE.fullmatch(state):  # pyodbc's own errors put the text first
        state, text = (text if _STATE.fullmatch(text) else "HY000"), state
    records = [
        DriverError(m["state"], int(m["native"]), without_prefix(m["text"]).strip())
        for m in _RECORD.finditer(text)
    ]
    if not records:
        return DriverError(state, 0, without_prefix(text).strip())
    for record in records:
        if record.native in OURS:
            return record
    warnings_last = sorted(records, key=lambda record: record.state.startswith("01"))
    return warnings_last[0]


def server_number(error: BaseException) -> int:
    """The server's number behind a translated error; 0 where there is none."""
    return read_error(error.__cause__).native if error.__cause__ is not None else 0


def ledger_finding(error: BaseException) -> str:
    """What a verification of the ledger found, in the server's words, which name blocks and tables; else nothing."""
    said = read_error(error.__cause__) if error.__cause__ is not None else None
    return _safe(said) if said is not None and said.native in _LEDGER else ""


def translated(
    error: BaseException, target: str, *, stopped: bool = False, opening: bool = False
) -> DiveGovError:
    """The error to tell a person, of the database `target`; `stopped`: they had asked for it to stop.

    `opening`: there was no connection yet, so that none can have broken. Raises the given error where it is a mistake
    of the program's own, TypeError where a parameter is wrong.
    """
    said = read_error(error)
    if stopped or said.state == CANCELLED_STATE:
        return Cancelled("Stopped.", "What was being written was undone.")
    if said.native >= FIRST_OF_USERS:
        return thrown(said.native, said.text)
    if said.native in NO_SUCH_PARAMETER:
        raise TypeError(said.text) from error
    if opening and said.lost_link and said.native not in TRANSIENT:
        return _unreachable(said, target)
    if opening and said.is_timeout:
        return ConnectionFailed(
            f"{target} does not answer.",
            "A firewall may swallow what is sent, the server is off, or it is no SQL Server that listens there.",
            _SHOWS_WHERE,
        )
    for meaning in (_access, _contention, _link, _content):
        found = meaning(said, target)
        if found is not None:
            return found
    raise error


def _access(said: DriverError, target: str) -> DiveGovError | None:
    match said.native:
        case 18456:
            return ConnectionFailed(
                "The server did not accept the login.",
                "The user name or the password is wrong, or this login may not come in this way.",
                "Check both. A server that knows Windows accounts only refuses every SQL Server login.",
            )
        case 18452:
            return ConnectionFailed(
                "The server does not know this Windows account.",
                "It comes from a domain that the server does not trust, or the server takes no Windows logins.",
                "Use an account of its domain, or a SQL Server login.",
            )
        case 18470 | 18486 | 18487 | 18488:
            return ConnectionFailed(
                "The login is locked, disabled or its password has expired.",
                hint="Ask the server's administrator to unlock it or to reset the password.",
            )
        case 4060 | 4064 | 911 | 924:
            return ConnectionFailed(
                f"The database of {target} cannot be opened.",
                "It does not exist, it is not online, or this login may not use it.",
                "Check its name; Connections can create it where the login may.",
            )
        case 229 | 230 | 262 | 297 | 300 | 916 | 1088 | 15247 | 15151 | 4602 | 2760:
            return Refused(
                "Your role does not allow this.",
                f"{target} refused it: {_safe(said)}",
                "Ask a database owner to add you to data_steward, compliance_officer or data_analyst.",
            )
        case 15404 | 15517:
            return Refused(
                "The database has no owner whom this server knows.",
                "Its procedures run in the owner's name. One that was brought from another server may have none.",
                "Ask the server's administrator to run ALTER AUTHORIZATION ON DATABASE::… TO sa for it.",
            )
        case 207 | 208 | 2812:
            return Refused(
                "The database lacks something that this needs.",
                f"{_safe(said)} Its scripts are older than this program, or come from another folder.",
                "Open Deploy and apply the scripts.",
            )
    return None


def _contention(said: DriverError, target: str) -> DiveGovError | None:
    if said.native == 1205:
        return Conflict(
            "Two changes stood in each other's way.",
            f"{target} let the other one pass and undid this one whole.",
            "Try again.",
        )
    if said.native in (1222, 1204):
        return Conflict(
            "Somebody else holds what this needs.",
            f"{target} waited and gave up. Nothing was changed.",
            "Try again when the other work is done.",
        )
    if said.is_timeout:
        return ConnectionFailed(
            f"{target} did not answer in time.",
            "Nothing of this was kept.",
            "Try again, or give it longer in the connection's profile.",
        )
    # 13535: a version would have begun after its end, since another transaction was faster.
    if said.native in (3958, 3960, 3961, 3966, 13535, 41301, 41302, 41305, 41325, 41839):
        return Conflict("The same rows were changed meanwhile.", "Nothing of this was kept.", "Try again.")
    return None


def _link(said: DriverError, target: str) -> DiveGovError | None:
    if said.native in TRANSIENT:
        return ConnectionFailed(
            f"{target} is busy or is being moved.",
            "Azure SQL says that this passes. Nothing of this was kept.",
            "Try again in a minute.",
        )
    if said.lost_link:
        return ConnectionFailed(
            f"The connection to {target} broke.",
            "What was being written was undone.",
            "Check the network and try again.",
        )
    if said.state in ("08001", "08004"):
        return _unreachable(said, target)
    if said.state in ("IM002", "IM003", "IM004", "01000") and said.native == 0:
        return ConnectionFailed(
            "The ODBC driver cannot be loaded.",
            said.text,
            "Install it again, or choose another in the profile.",
        )
    return None


def _unreachable(said: DriverError, target: str) -> ConnectionFailed:
    return ConnectionFailed(
        f"{target} cannot be reached.",
        _reason(said),
        _SHOWS_WHERE,
    )


def _content(said: DriverError, target: str) -> DiveGovError | None:
    """What the database refuses of itself. The server's text may name a diver's data, so only names are passed on."""
    match said.native:
        case 2627 | 2601 | 547 | 515 | 2628 | 8152 | 220 | 8115:
            names = ", ".join(_NAMES.findall(said.text))
            reason = f"It would break {names}." if names else "It would break one of its rules."
            return Refused("The database refused the change.", reason, "Nothing was changed.")
        case 701 | 802 | 8645 | 8651:
            return ConnectionFailed(
                f"{target} is short of memory.",
                "The server has too much to do at once. What was being written was undone.",
                "Try again in a while, or ask the server's administrator for more.",
            )
        case 1101 | 1105 | 3967 | 9002 | 40544 | 5149:
            return ConnectionFailed(
                f"{target} is full.",
                "The database or its log could not grow. What was being written was undone.",
                "Ask the server's administrator to make room, and try again.",
            )
        case 3906 | 3908 | 945 | 927 | 952 | 40020:
            return ConnectionFailed(
                f"{target} cannot be written.",
                "The database is read-only, restoring or not online. Nothing was changed.",
                "Ask the server's administrator, or choose another database.",
            )
    if said.native == 3952:
        return Refused(
            "The database does not allow snapshot isolation, which this needs.",
            "",
            "Open Deploy and apply the scripts: the first one allows it.",
        )
    if said.native in _LEDGER or "append only ledger" in said.text.lower():
        return Refused(
            "The ledger refused the change.",
            "The log is append-only: what stands in it cannot be changed or removed.",
            "Nothing was changed.",
        )
    return None


def _safe(said: DriverError) -> str:
    """The server's sentence about objects and permissions, which names no data."""
    return said.text if said.text.endswith(".") else f"{said.text}."


def _reason(said: DriverError) -> str:
    if "certificate" in said.text.lower() or "ssl" in said.text.lower():
        return f"The encryption could not be agreed on: {said.text}"
    return said.text or "Nothing answers there."
