"""What Neo4j's codes mean to a person, and what to do about it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Neo4j's status codes (Operations, "Neo4j status codes") that a person can do
#: something about, each by its end.
PROBLEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Security.Unauthorized": "name or password is wrong; check 'auth'",
        "Security.AuthenticationRateLimit": (
            "the server refuses to listen after too many wrong passwords; check "
            "'auth' and wait a little"
        ),
        "Security.CredentialsExpired": (
            "the password must be changed first; log in with Neo4j's browser"
        ),
        "Security.Forbidden": (
            "the user may not do that; give it the right to read, write and change "
            "the schema"
        ),
        "Security.TokenExpired": "the login ran out; open a new repository",
        "Database.DatabaseNotFound": (
            "the server has no database of this name; create it, or name another"
        ),
        "General.DatabaseUnavailable": (
            "the database is not running now; start it, or wait until it is up"
        ),
        "Transaction.DeadlockDetected": (
            "other transactions were in the way for too long; try again"
        ),
        "Transaction.LockClientStopped": "the server is shutting down; start it again",
        "Transaction.TransactionTimedOut": (
            "it took too long; the server is overloaded, or the limit too small"
        ),
        "Transaction.TransactionTimedOutClientConfiguration": (
            "it took too long; the server is overloaded, or 'call_seconds' too small"
        ),
        "General.TransactionOutOfMemoryError": (
            "the server's memory for transactions is used up; give it more"
        ),
        "General.MemoryPoolOutOfMemoryError": (
            "the server's memory for transactions is used up; give it more"
        ),
        "Cluster.NotALeader": (
            "this member of the cluster only reads; use a neo4j:// address"
        ),
        "General.ForbiddenOnReadOnlyDatabase": (
            "the database is read-only; make it writable"
        ),
    }
)


def problem_of(code: str | None, message: str | None) -> str:
    """Return the sentence for one of Neo4j's codes.

    Args:
        code: Such as ``"Neo.ClientError.Security.Unauthorized"``.
        message: The server's own words, for a code that is not in the table.
    """
    end = ".".join((code or "").split(".")[-2:])
    return PROBLEMS.get(end, f"Neo4j says {message or code or 'nothing'}")
