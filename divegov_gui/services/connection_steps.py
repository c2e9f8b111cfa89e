"""What each step of a connection test does. Words for people come back; Failed carries what to do."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import CancelToken
from divegov_gui.database import odbc_probe
from divegov_gui.database.odbc_drivers import Driver, choose_driver, load_pyodbc
from divegov_gui.database.odbc_probe import Address, Encrypts, NotSqlServer
from divegov_gui.database.odbc_profile import DEFAULT_PORT, Encryption, SqlServerProfile
from divegov_gui.database.odbc_strings import Secret, connection_string
from divegov_gui.database.sqlserver_errors import server_number
from divegov_gui.database.sqlserver_release import product

if TYPE_CHECKING:
    from divegov_gui.database.sqlserver import SqlServerSession

_NO_DATABASE = (4060, 911, 916)

_DATABASE_QUERY = """
SELECT (SELECT d.state_desc FROM sys.databases AS d WHERE d.name = ?) AS State,
       HAS_DBACCESS(?) AS Has_Access,
       HAS_PERMS_BY_NAME(NULL, NULL, N'CREATE ANY DATABASE') AS May_Create
"""
_CONTROL_QUERY = "SELECT HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'CONTROL') AS May_Deploy"


class Failed(Exception):
    """A step found something that a person must put right."""

    def __init__(self, words: str, advice: str = "", *, can_create_database: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.advice = advice
        self.can_create_database = can_create_database


class Skipped(Exception):
    """A step has nothing to look at here."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Walk:
    """What the steps find, one after the other. Each runs in a thread of its own, never two at once."""

    def __init__(
        self, profile: SqlServerProfile, password: Secret | None, cancel: CancelToken, odbc: Any
    ) -> None:
        self.profile = profile
        self._password = password
        self._cancel = cancel
        self._odbc = odbc
        self._driver: Driver | None = None
        self._addresses: list[Address] = []
        self._port = profile.port or DEFAULT_PORT
        self._session: SqlServerSession | None = None
        self.abandoned = False

    def close(self) -> None:
        """Close what is open; by whoever ran the last step."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def abandon(self) -> None:
        """A step is left behind in its thread: interrupt what it runs. Its thread closes what is open."""
        self.abandoned = True
        session = self._session
        if session is not None:
            session.interrupt()

    # -- without a driver -----------------------------------------------------------------------------------

    def find_driver(self) -> str:
        """The ODBC manager, a driver, and whether it can do what the profile asks for."""
        self.profile.check()
        module = self._odbc if self._odbc is not None else load_pyodbc()
        self._driver = choose_driver(module, self.profile.driver)
        connection_string(self.profile, self._driver, None)  # says what this driver cannot do
        words = self._driver.name
        if not self._driver.checks_certificates and not self.profile.trust_certificate:
            words += ". It takes any certificate, unless freetds.conf names a ca file"
        return words + "."

    def resolve_name(self) -> str:
        """The host's addresses."""
        self._skip_localdb()
        try:
            self._addresses = odbc_probe.resolve(self.profile.host)
        except OSError as error:
            raise Failed(
                f"Nobody knows a computer called {self.profile.host}.",
                "Check the spelling. A name of your organisation may need the VPN, or its full form "
                "(server.example.org).",
            ) from error
        return ", ".join(dict.fromkeys(address for _, address in self._addresses)) + "."

    def reach_port(self) -> str:
        """A connection to the port, which for a named instance the SQL Server Browser tells."""
        self._skip_localdb()
        found = ""
        if self.profile.instance and self.profile.port is None:
            self._port = self._browsed_port()
            found = f"The instance {self.profile.instance} is on port {self._port}. "
        try:
            odbc_probe.connect(self._addresses, self._port, self.profile.login_timeout).close()
        except ConnectionRefusedError as error:
            raise Failed(
                f"{found}Nothing listens on port {self._port} of {self.profile.host}.",
                "Is SQL Server running, TCP/IP switched on in its Configuration Manager, and this its port?",
            ) from error
        except OSError as error:
            raise _unreachable(error, f"{found}Port {self._port} of {self.profile.host}") from error
        return f"{found}Port {self._port} takes connections."

    def agree_on_encryption(self) -> str:
        """Whether it is SQL Server that answers, and whether its encryption is what the profile wants."""
        self._skip_localdb()
        try:
            with odbc_probe.connect(self._addresses, self._port, self.profile.login_timeout) as sock:
                sock.settimeout(self.profile.login_timeout)
                if self.profile.encryption is Encryption.STRICT:
                    return self._strict(sock)
                return self._within(sock)
        except (NotSqlServer, ConnectionResetError) as error:
            raise Failed(
                f"Port {self._port} answers, but not as SQL Server: {_lowered(error)}",
                "Another program may have this port. Ask for the server's port, or look in SQL Server Configuration "
                "Manager. A server that only takes strict encryption looks like this too.",
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise Failed(
                f"The server's certificate is not trusted: {error.verify_message}.",
                "Have a certificate from a known authority put on the server, or its authority on this computer. For a "
                "test server, “Trust the server's certificate” takes any.",
            ) from error
        except ssl.SSLError as error:
            raise Failed(
                f"The encryption could not be agreed on: {error.reason or error}.",
                "The server may be too old for today's encryption (TLS 1.2), or not take strict encryption.",
            ) from error
        except TimeoutError as error:
            raise Failed(
                f"Port {self._port} takes the connection and then says nothing.",
                "It may be another program's port, or a firewall that holds what comes through.",
            ) from error
        except OSError as error:
            raise _unreachable(error, f"Port {self._port} of {self.profile.host}") from error

    def _strict(self, sock: socket.socket) -> str:
        name = self.profile.certificate_host or self.profile.host
        with odbc_probe.encrypt_first(sock, name, trust=False) as tls:
            greeting = odbc_probe.greet(tls, want_encryption=True)
            return f"{_version(greeting.version)}; strict encryption, {tls.version()}, certificate checked."

    def _within(self, sock: socket.socket) -> str:
        mandatory = self.profile.encryption is Encryption.MANDATORY
        greeting = odbc_probe.greet(sock, want_encryption=mandatory)
        words = _version(greeting.version)
        if greeting.encrypts is Encrypts.NO:
            if mandatory:
                raise Failed(
                    f"{words}, but it does not encrypt.",
                    "Switch encryption on at the server, or choose optional encryption where nobody else listens.",
                )
            return f"{words}; nothing is encrypted."
        if greeting.encrypts is Encrypts.LOGIN_ONLY:
            return f"{words}; only the login is encrypted."
        trust = self.profile.trust_certificate or not (self._driver and self._driver.checks_certificates)
        name = self.profile.certificate_host or self.profile.host
        agreed = odbc_probe.encrypt_within(sock, name, trust=trust)
        return f"{words}; encrypted, {agreed}, certificate {'not checked' if trust else 'checked'}."

    def _browsed_port(self) -> int:
        try:
            return odbc_probe.browse(
                self._addresses[0], self.profile.instance, min(3.0, self.profile.login_timeout)
            )
        except NotSqlServer as error:
            raise Failed(str(error), "Give the port in the profile instead of the instance.") from error
        except OSError as error:
            raise Failed(
                f"The SQL Server Browser of {self.profile.host} does not tell the port of {self.profile.instance}.",
                "Check the instance's name. The Browser service may be stopped, or UDP port 1434 blocked: then give "
                "the instance's port in the profile.",
            ) from error

    def _skip_localdb(self) -> None:
        if self.profile.is_localdb:
            raise Skipped("LocalDB is on this computer; there is no network between.")

    # -- with a driver --------------------------------------------------------------------------------------

    def log_in(self) -> str:
        """A session with the database; where that is missing, one with master, so that the login is told apart."""
        try:
            self._session = self._open(None)
        except DiveGovError as error:
            if server_number(error) not in _NO_DATABASE:
                raise
            self._look_from_master(error)
        assert self._session is not None
        identity = self._session.identity()
        return f"Logged in as {identity.login}."

    def open_database(self) -> str:
        """Whether the session is in the profile's database."""
        rows = self._asked("SELECT DB_NAME() AS Database_Name")
        if str(rows[0]["Database_Name"]).lower() == self.profile.database.lower():
            return f"{rows[0]['Database_Name']} is open."
        found = self._asked(_DATABASE_QUERY, (self.profile.database, self.profile.database))[0]
        if found["State"] is None:
            may = found["May_Create"] == 1
            raise Failed(
                f"There is no database {self.profile.database} on this server that you can see.",
                "Create it from here."
                if may
                else "Ask the server's administrator to create it or to let you in.",
                can_create_database=may,
            )
        if found["State"] != "ONLINE":
            raise Failed(
                f"{self.profile.database} is {str(found['State']).lower().replace('_', ' ')}.",
                "Ask the server's administrator to bring it online.",
            )
        raise Failed(
            f"{self.profile.database} is there, but this login may not use it.",
            "Ask a database owner to make a user for your login, and to give it a role.",
        )

    def read_version(self) -> str:
        """Whether the server is new enough, and the database of its level."""
        assert self._session is not None
        release = self._session.release()
        if release.obstacle is not None:
            raise Failed(release.obstacle.words, release.obstacle.advice)
        return f"{release.words}."

    def read_permissions(self) -> str:
        """What one may do here."""
        assert self._session is not None
        identity = self._session.identity()
        may_deploy = self._asked(_CONTROL_QUERY)[0]["May_Deploy"] == 1
        roles = ", ".join(identity.roles)
        if may_deploy:
            return f"{identity.user} may deploy and do everything here."
        if roles:
            return f"{identity.user} is in {roles}; deploying is for database owners."
        raise Failed(
            f"{identity.user} is in none of the program's roles and does not own the database.",
            "Ask a database owner: ALTER ROLE data_steward ADD MEMBER … (or compliance_officer, data_analyst). Before "
            "the first deployment: ALTER ROLE db_owner ADD MEMBER …",
        )

    def read_schema(self) -> str:
        """How the numbered scripts stand."""
        from divegov_gui.services.deployment import plan_deployment

        assert self._session is not None
        plan = plan_deployment(self._session)
        if plan.is_current:
            return f"All {len(plan.scripts)} scripts are applied."
        if plan.is_empty:
            return "Nothing is deployed yet. Open Deploy."
        return f"{len(plan.outstanding)} of {len(plan.scripts)} scripts are pending or have changed. Open Deploy."

    def _open(self, database: str | None) -> SqlServerSession:
        from divegov_gui.database.sqlserver import open_sqlserver

        return open_sqlserver(
            self.profile, self._password, database=database, odbc=self._odbc, cancel=self._cancel
        )

    def _look_from_master(self, error: DiveGovError) -> None:
        try:
            self._session = self._open("master")
        except DiveGovError:
            raise Failed(str(error), error.hint) from error

    def _asked(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        assert self._session is not None, "the login comes first"
        return self._session.look(query, values)


def _unreachable(error: OSError, what: str) -> Failed:
    if isinstance(error, TimeoutError):
        return Failed(
            f"{what} does not answer.", "A firewall may swallow it, or the server is off. Is a VPN needed?"
        )
    return Failed(f"{what} cannot be reached: {error.strerror or error}.", "Check the network and the VPN.")


def _version(version: tuple[int, int, int]) -> str:
    major, minor, build = version
    return f"{product(major)} answers ({major}.{minor}.{build})"


def _lowered(error: Exception) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]
