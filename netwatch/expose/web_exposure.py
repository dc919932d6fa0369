"""Where the listener stands -> whether the pages may be told there, to whoever asks, in clear.

On loopback only this machine's own users can ask. Beyond it the pages are a map of the city's cameras and of what is
broken: they want TLS, and a password or a certificate, unless the operator says that the network itself is the wall.
"""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from netwatch.core.errors import Problem, WebConfigError
from netwatch.expose.web_config import WebConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Where to listen, the web configuration if there is one, and whether the operator takes the risk."""

    listen: tuple[str, int] = ("127.0.0.1", 0)
    file: Path | None = None
    insecure: bool = False

    async def is_beyond_loopback(self) -> bool:
        """Whether any address of the host is one that others can reach. A name is resolved."""
        host, port = self.listen
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
        except OSError:
            return True  # opening the listener says why; until then nothing is known of the name
        return not all(ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)

    def check(self, config: WebConfig, *, beyond_loopback: bool) -> None:
        """Raises WebConfigError where the configuration protects too little."""
        if self.insecure or not beyond_loopback:
            return
        missing = [] if config.tls is not None else ["tls_server_config"]
        if not config.knows_who_asks:
            missing.append("basic_auth_users (or client_auth_type: RequireAndVerifyClientCert)")
        if not missing:
            return
        host, port = self.listen
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lacking = " and ".join(missing)
        wanted = f"here {lacking} is missing" if config.file else f"give --web-config FILE with {lacking}"
        raise WebConfigError(
            (
                Problem(
                    file=config.file or f"--listen {place}",
                    line=0,
                    where="",
                    what=f"on {place}, beyond this machine, pages are told over TLS and to whom we know: {wanted}; "
                    "or say --insecure-listen where the network itself keeps strangers away",
                ),
            )
        )
