"""Microsoft Entra tokens, where the driver cannot fetch one itself; by Microsoft's azure-identity, if it is there.

Source: learn.microsoft.com, "Using Microsoft Entra ID with the ODBC Driver" (access tokens) and "azure-identity".
"""

from __future__ import annotations

import importlib
from typing import Any

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.database.odbc_profile import Authentication, SqlServerProfile
from divegov_gui.database.odbc_strings import Secret

SCOPE = "https://database.windows.net/.default"
"""What a token for Azure SQL is asked for."""


def entra_token(profile: SqlServerProfile, identity: Any = None) -> Secret:
    """A token for the person or the machine that this computer is logged in as. Raises ConnectionFailed.

    `identity` stands in for the azure.identity module in tests.
    """
    module = identity if identity is not None else _azure_identity()
    try:
        if profile.authentication is Authentication.ENTRA_INTERACTIVE:
            hint = {"login_hint": profile.user} if profile.user else {}
            credential = module.InteractiveBrowserCredential(**hint)
        else:
            credential = module.DefaultAzureCredential()
        return Secret(credential.get_token(SCOPE).token)
    except Exception as error:  # noqa: BLE001 - azure-identity raises what its transports raise
        raise ConnectionFailed(
            "Microsoft Entra gave no token.",
            f"{type(error).__name__}: none of the ways to log in worked.",
            "Run az login, or log in with the browser, and try again.",
        ) from None


def _azure_identity() -> Any:
    try:
        return importlib.import_module("azure.identity")
    except ImportError as error:
        raise ConnectionFailed(
            "Microsoft Entra logins need one more package here.",
            "Outside Windows the program fetches the token itself, with Microsoft's azure-identity.",
            "Run: pip install azure-identity",
        ) from error
