"""What can become of a request and of a datagram: one tree of errors, one closed list of outcomes.

    SnmpError
    ├── Malformed           the octets are not BER, or not an SNMP message
    │   ├── WrongVersion    well-formed so far, but neither SNMPv1 nor SNMPv2c
    │   ├── WrongPdu        a PDU this manager neither sends nor reads (SetRequest, traps)
    │   ├── WrongOids       a well-formed reply about other objects than those asked
    │   └── Insecure        SNMPv3: what protects the message is not what was agreed
    │       ├── WrongDigest, Undecipherable, WrongSecurityLevel, WrongEngine, WrongUser, WrongContext
    │       └── NotInTimeWindow
    ├── Timeout             nothing acceptable came back, retries included
    │   └── Refused         SNMPv3: nothing but Reports, which refuse the user, its keys, level or context
    ├── TooBig              error-status tooBig: the reply would not have fitted
    ├── NoSuchName          SNMPv1 error-status noSuchName, for the whole PDU
    ├── ErrorStatus         any other error-status
    └── SendFailed          the kernel refused to send

Every datagram received and every request finished is counted under exactly one `Outcome`.
"""

from enum import StrEnum
from typing import ClassVar

STATUS_NAMES = (  # RFC 3416 section 3, error-status by number
    "noError",
    "tooBig",
    "noSuchName",
    "badValue",
    "readOnly",
    "genErr",
    "noAccess",
    "wrongType",
    "wrongLength",
    "wrongEncoding",
    "wrongValue",
    "noCreation",
    "inconsistentValue",
    "resourceUnavailable",
    "commitFailed",
    "undoFailed",
    "authorizationError",
    "notWritable",
    "inconsistentName",
)
TOO_BIG_STATUS = 1
NO_SUCH_NAME_STATUS = 2


class Outcome(StrEnum):
    """The closed list. The first block ends a request, the second drops a datagram."""

    OK = "ok"  # a reply that matched in everything
    TOO_BIG = "too_big"
    NO_SUCH_NAME = "no_such_name"
    ERROR_STATUS = "error_status"
    TIMEOUT = "timeout"
    SEND_FAILED = "send_failed"
    REFUSED = "refused"  # SNMPv3: Reports, and nothing else
    CANCELLED = "cancelled"  # the caller stopped waiting (its deadline, a shutdown)

    LATE = "late"  # matches a request that was given up
    DUPLICATE = "duplicate"  # matches a request already answered
    FOREIGN_ADDRESS = "foreign_address"  # right request-id, from an address or port not asked
    UNKNOWN_REQUEST = "unknown_request"  # no such request-id was ever sent, or too long ago to be remembered
    WRONG_VERSION = "wrong_version"
    WRONG_COMMUNITY = "wrong_community"
    WRONG_PDU = "wrong_pdu"
    WRONG_OIDS = "wrong_oids"  # objects other than those asked, or in another order
    MALFORMED = "malformed"
    # SNMPv3
    WRONG_DIGEST = "wrong_digest"
    UNDECIPHERABLE = "undecipherable"  # rightly authenticated, wrongly encrypted
    WRONG_SECURITY_LEVEL = "wrong_security_level"  # less, or more, than was asked
    WRONG_ENGINE = "wrong_engine"
    WRONG_USER = "wrong_user"
    WRONG_CONTEXT = "wrong_context"
    NOT_IN_TIME_WINDOW = "not_in_time_window"
    UNAUTHENTICATED_REPORT = "unauthenticated_report"  # believed in nothing
    ENGINE_DISCOVERY = "engine_discovery"  # a Report that names an engine, which has to prove itself
    TIME_SYNCHRONIZATION = "time_synchronization"  # an authenticated Report that tells boots and time


class SnmpError(Exception):
    """Base of everything this package raises on purpose; `outcome` is how it is counted."""

    outcome: ClassVar[Outcome]


class Overdue(SnmpError):  # noqa: N818 - the nouns of the protocol read better
    """The caller's deadline came first."""

    outcome = Outcome.CANCELLED


class Malformed(SnmpError):  # noqa: N818 - the nouns of the protocol read better
    """The octets are not definite-length BER, or not the message they claim to be."""

    outcome = Outcome.MALFORMED


class WrongVersion(Malformed):
    """msgVersion is not that of the reader: 0 (SNMPv1) or 1 (SNMPv2c), or 3."""

    outcome = Outcome.WRONG_VERSION


class WrongPdu(Malformed):
    """A PDU type that has no place in this manager."""

    outcome = Outcome.WRONG_PDU


class WrongOids(Malformed):
    """The variables are not the ones asked, in the order asked."""

    outcome = Outcome.WRONG_OIDS


class Insecure(Malformed):
    """An SNMPv3 message that is not protected as agreed; nothing in it is to be believed."""


class WrongDigest(Insecure):
    """msgAuthenticationParameters are not what the user's key gives."""

    outcome = Outcome.WRONG_DIGEST


class Undecipherable(Insecure):
    """What was decrypted is no scoped PDU."""

    outcome = Outcome.UNDECIPHERABLE


class WrongSecurityLevel(Insecure):
    """msgFlags promise less, or more, than was asked."""

    outcome = Outcome.WRONG_SECURITY_LEVEL


class WrongEngine(Insecure):
    """msgAuthoritativeEngineID is not that of the engine asked."""

    outcome = Outcome.WRONG_ENGINE


class WrongUser(Insecure):
    """msgUserName is not that of the user who asked."""

    outcome = Outcome.WRONG_USER


class WrongContext(Insecure):
    """contextEngineID or contextName is not the one asked."""

    outcome = Outcome.WRONG_CONTEXT


class NotInTimeWindow(Insecure):
    """Boots and time are those of a message said long ago (RFC 3414 section 3.2, 7b)."""

    outcome = Outcome.NOT_IN_TIME_WINDOW


class Timeout(SnmpError):  # noqa: N818
    """No acceptable reply within the timeout of the last retry."""

    outcome = Outcome.TIMEOUT


class TooBig(SnmpError):  # noqa: N818
    """The agent says that the reply does not fit (RFC 3416 section 4.2.1)."""

    outcome = Outcome.TOO_BIG


class NoSuchName(SnmpError):  # noqa: N818
    """The whole SNMPv1 PDU failed for one object; `error_index` counts from 1 and is 0 or wild on poor agents."""

    outcome = Outcome.NO_SUCH_NAME

    def __init__(self, error_index: int) -> None:
        super().__init__(f"noSuchName at variable {error_index}")
        self.error_index = error_index


class ErrorStatus(SnmpError):  # noqa: N818
    """An error-status other than tooBig and (in SNMPv1) noSuchName; `status` is its number."""

    outcome = Outcome.ERROR_STATUS

    def __init__(self, status: int, error_index: int) -> None:
        name = STATUS_NAMES[status] if 0 <= status < len(STATUS_NAMES) else f"error-status {status}"
        super().__init__(f"{name} at variable {error_index}")
        self.status = status
        self.error_index = error_index


class Refused(Timeout):
    """Only Reports came back. Unless it was authenticated, a Report may be anybody's: so it is told at the very end."""

    outcome = Outcome.REFUSED


class SendFailed(SnmpError):  # noqa: N818
    """The kernel refused to send, or the socket could not be opened; the message is the errno's text."""

    outcome = Outcome.SEND_FAILED
