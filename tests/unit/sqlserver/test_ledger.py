"""Verifying the log of actions on SQL Server: the server is asked, and what it answers is told for what it is."""

from __future__ import annotations

import pytest
from fake_odbc import Answer, Result, failure, link_lost
from stage import Stage

from divegov_gui.core.errors import Cancelled, ConnectionFailed
from divegov_gui.core.progress import CancelToken
from divegov_gui.services.audit import Verification, verify

DIGEST = '{"database_name":"EnterpriseDiveDB","block_id":4,"hash":"0x6D7D"}'
TAMPERED = "The hash of block 4 in the database ledger does not match the hash provided in the digest for this block."


def ask(stage: Stage, *verification: Answer) -> Verification:
    """Verify where the log has twelve actions, and the server answers the verification so."""
    stage.on("count(*)", Result(("n",), [(12,)]))
    stage.on("sp_generate_database_ledger_digest", Result(("latest_digest",), [(DIGEST,)]))
    stage.on("sp_verify_database_ledger", *verification)
    return verify(stage.open())


def test_the_server_is_given_a_digest_of_now_and_vouches(stage: Stage) -> None:
    found = ask(stage, Result(("last_verified_block_id",), [(4,)]))
    assert found == Verification(True, 12, "The server vouches for all 12 actions.", None, DIGEST)
    ((_, given),) = [one for one in stage.odbc.statements if "sp_verify_database_ledger" in one[0]]
    assert given == [f"[{DIGEST}]"], "a list of digests, bound and not written into the text"
    assert not any("autocommit off" in each for each in stage.odbc.log), "it refuses to run in a transaction"


@pytest.mark.parametrize(("number", "words"), [(37368, TAMPERED), (37392, "Ledger verification failed.")])
def test_tampering_is_told_in_the_servers_words_which_name_the_block(
    stage: Stage, number: int, words: str
) -> None:
    found = ask(stage, failure(number, words))
    assert (found.holds, found.is_known) == (False, True)
    assert words in found.words
    assert "tampered" in found.words


def test_what_comes_behind_the_first_result_counts_too(stage: Stage) -> None:
    found = ask(stage, [Result(("n",), [(1,)]), Result(error=failure(37368, TAMPERED))])
    assert (found.holds, found.is_known) == (False, True)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (297, "The user does not have permission to perform this action."),
        (300, "VIEW LEDGER CONTENT permission was denied on object 'database'."),
        (3952, "Snapshot isolation transaction failed accessing database 'EnterpriseDiveDB'."),
    ],
)
def test_who_may_not_ask_is_told_why_and_nothing_is_said_against_the_log(
    stage: Stage, number: int, text: str
) -> None:
    found = ask(stage, failure(number, text))
    assert (found.holds, found.is_known) == (False, False)
    assert "could not be verified" in found.words
    assert "VIEW LEDGER CONTENT" in found.words
    assert "tampered" not in found.words


def test_a_broken_connection_is_no_verdict(stage: Stage) -> None:
    with pytest.raises(ConnectionFailed):
        ask(stage, link_lost())


def test_a_cancellation_is_no_verdict(stage: Stage) -> None:
    token = CancelToken()
    token.cancel()
    stage.on("count(*)", Result(("n",), [(12,)]))
    with pytest.raises(Cancelled):
        verify(stage.open(), cancel=token)
