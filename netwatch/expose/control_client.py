"""The other end of the control socket, for commands: one request, one reply, nothing asynchronous."""

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netwatch.core.errors import NetwatchError

_REPLY_LIMIT = 64 * 1024 * 1024


class ControlError(NetwatchError):
    """The running daemon could not be asked; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the daemon said. `body` is JSON; where `status` is not 200 it has an `error` sentence."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.status == 200

    @property
    def error(self) -> str:
        """The daemon's sentence; empty if all went well."""
        if self.ok:
            return ""
        said = self.body.get("error") if isinstance(self.body, dict) else None
        return str(said) if said else f"The daemon answered {self.status}."


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def request(
    socket_path: Path,
    method: str,
    path: str,
    *,
    body: Any = None,  # noqa: ANN401 - any JSON
    timeout_s: float = 60.0,
) -> Reply:
    """Ask the running daemon. Raises ControlError where none answers, or what answers is none of ours."""
    connection = _UnixConnection(socket_path, timeout_s)
    try:
        sent = None if body is None else json.dumps(body).encode()
        connection.request(method, path, body=sent, headers={"Content-Type": "application/json"} if sent else {})
        reply = connection.getresponse()
        text = reply.read(_REPLY_LIMIT)
        is_json = reply.headers.get_content_type() == "application/json"
        return Reply(status=reply.status, body=json.loads(text) if is_json else None)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise ControlError(f"No netwatch is running here: nothing answers on {socket_path}.") from error
    except PermissionError as error:
        raise ControlError(f"You may not use {socket_path}; try as root or as netwatch's user.") from error
    except TimeoutError as error:
        raise ControlError(f"The daemon on {socket_path} did not answer within {timeout_s:g} s.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ControlError(f"What answers on {socket_path} is not understood: {error}.") from error
    finally:
        connection.close()
