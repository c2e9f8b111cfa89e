"""Passwords: in the operating system's keyring, or asked for each time. Nowhere else.

Source: the keyring package's documentation. Its null and fail backends keep nothing, which reading back finds out.
"""

from __future__ import annotations

import importlib
from typing import Any

from divegov_gui.database.odbc_strings import Secret
from divegov_gui.services.profiles import Profile

__all__ = ["Passwords", "Secret"]

SERVICE = "DiveGov Steward"
"""What the keyring files them under."""


class Passwords:
    """The keyring, as far as there is one. `backend` stands in for the keyring module in tests."""

    def __init__(self, backend: Any = None) -> None:
        self._given = backend
        self._why_not = ""

    @property
    def why_not_kept(self) -> str:
        """Why the last attempt kept or found nothing, in a sentence for people; empty where nothing is wrong."""
        return self._why_not

    def recall(self, profile: Profile) -> Secret | None:
        """The password that is kept for a profile, or None: then it must be asked for."""
        kept = self._try(lambda keyring: keyring.get_password(SERVICE, profile.profile_id))
        return Secret(kept) if kept else None

    def remember(self, profile: Profile, password: Secret) -> bool:
        """Keep a password. False where this computer has no keyring: it will be asked for each time."""

        def keep(keyring: Any) -> bool:
            keyring.set_password(SERVICE, profile.profile_id, password.value)
            return bool(keyring.get_password(SERVICE, profile.profile_id) == password.value)

        kept = bool(self._try(keep))
        if not kept and not self._why_not:
            self._why_not = "This computer's keyring keeps nothing. The password is asked for each time."
        return kept

    def forget(self, profile: Profile) -> None:
        """Remove a profile's password, if one is kept."""

        def remove(keyring: Any) -> None:
            if keyring.get_password(SERVICE, profile.profile_id) is not None:
                keyring.delete_password(SERVICE, profile.profile_id)

        self._try(remove)

    def _try(self, action: Any) -> Any:
        """Use the keyring. What its backends raise is of many kinds and may hold the secret: only the kind is told."""
        self._why_not = ""
        try:
            keyring = self._given if self._given is not None else importlib.import_module("keyring")
            return action(keyring)
        except Exception as error:  # noqa: BLE001 - see above
            self._why_not = (
                f"The keyring cannot be used ({type(error).__name__}). The password is asked for each time."
            )
            return None
