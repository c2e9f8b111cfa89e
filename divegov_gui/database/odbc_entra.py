"""Microsoft Entra tokens, where the driver cannot fetch one itself; by Microsoft's azure-identity, if it is there.

Source: learn.microsoft.com, "Using Microsoft Entra ID with the ODBC Driver" (access tokens) and "azure-identity".
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.database.odbc_profile import Authentication, SqlServerProfile
from divegov_gui.database.odbc_strings import Secret

SCOPE = "https://database.windows.net/.default"
"""What a token for Azure SQL is asked for."""

SIGNING_IN_SECONDS = 170
"""How long the browser is waited for: a little less than the connection test waits."""

_LOCK = threading.Lock()
_CREDENTIALS: dict[tuple[Any, Authentication, str], Any] = {}
"""Who has logged in while the program runs: a credential keeps its tokens, so that several sessions ask but once."""


def entra_token(profile: SqlServerProfile, identity: Any = None) -> Secret:
    """A token for the person or the machine that this computer is logged in as. Raises ConnectionFailed.

    `identity` stands in for the azure.identity module in tests.
    """
    module = identity if identity is not None else _azure_identity()
    try:
        with _LOCK:  # whoever comes second waits for the browser of the first, and needs none
            return Secret(_credential(module, profile).get_token(SCOPE).token)
    except Exception as error:  # noqa: BLE001 - azure-identity raises what its transports raise
        raise ConnectionFailed(
            "Microsoft Entra gave no token.",
            f"{type(error).__name__}: none of the ways to log in worked.",
            "Run az login, or log in with the browser, and try again.",
        ) from None


def _credential(module: Any, profile: SqlServerProfile) -> Any:
    key = (module, profile.authentication, profile.user)
    if key not in _CREDENTIALS:
        if profile.authentication is Authentication.ENTRA_INTERACTIVE:
            hint = {"login_hint": profile.user} if profile.user else {}
            _CREDENTIALS[key] = module.InteractiveBrowserCredential(timeout=SIGNING_IN_SECONDS, **hint)
        else:
            _CREDENTIALS[key] = module.DefaultAzureCredential()
    return _CREDENTIALS[key]


def _azure_identity() -> Any:
    try:
        return importlib.import_module("azure.identity")
    except ImportError as error:
        raise ConnectionFailed(
            "Microsoft Entra logins need one more package here.",
            "Outside Windows the program fetches the token itself, with Microsoft's azure-identity.",
            "Run: pip install azure-identity",
        ) from error
