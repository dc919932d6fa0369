"""`netwatch simulate` without its command line: options in, a simulation served until told to stop.

Control lines come from standard input or from a unix socket; each is answered where it came from.
"""

import asyncio
import errno
import os
import signal
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from netwatch.core.errors import NetwatchError
from netwatch.simulate.control import execute
from netwatch.simulate.growth import generate
from netwatch.simulate.recording import RecordingError
from netwatch.simulate.server import Ports, Simulation, serve_recordings, simulate_city

DONE, WRONG, NOT_NOW = 0, 1, 3  # exit codes of the design, section 2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulateOptions:
    """What to simulate and where. With `recordings` (address -> file) no city is generated."""

    switches: int = 100
    seed: int = 1
    cameras_per_switch: float = 3.6
    vendors: tuple[str, ...] | None = None
    recordings: Mapping[str, Path] = field(default_factory=dict)
    living: bool = False  # counters of recordings grow
    ports: Ports = field(default_factory=Ports)
    community: bytes = field(default=b"public", repr=False)
    control: Path | None = None  # a unix socket for control lines; standard input without it
    until_eof: bool = False  # the end of standard input is the end of the simulation


def recording_addresses(files: list[Path]) -> dict[str, Path]:
    """Files in order to 127.1.0.1, 127.1.0.2 and so on."""
    return {f"127.1.{number // 250}.{number % 250 + 1}": file for number, file in enumerate(files)}


def build(options: SimulateOptions) -> Simulation:
    """The simulation these options ask for, not yet started. RecordingError or ValueError when they are wrong."""
    if options.recordings:
        return serve_recordings(
            options.recordings, ports=options.ports, community=options.community, living=options.living
        )
    city = generate(
        switches=options.switches,
        seed=options.seed,
        cameras_per_switch=options.cameras_per_switch,
        vendors=options.vendors,
    )
    return simulate_city(city, ports=options.ports, community=options.community)


async def serve(options: SimulateOptions, *, say: Say, complain: Say) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code. `say` is for answers, `complain` for errors."""
    try:
        simulation = build(options)
    except (RecordingError, ValueError) as error:
        complain(str(error))
        return WRONG
    stop = asyncio.Event()
    try:
        simulation.start()
        control = await _open_control(simulation, options.control, say, stop if options.until_eof else None)
    except (OSError, NetwatchError) as error:
        simulation.stop()
        complain(f"the simulation cannot listen: {_why(error, options)}")
        return NOT_NOW
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    say(description(simulation, options))
    try:
        await stop.wait()
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
        control()
        simulation.stop()
    return DONE


def _why(error: Exception, options: SimulateOptions) -> str:
    if not isinstance(error, OSError) or error.errno != errno.EADDRINUSE:
        return str(error)
    ports = options.ports
    taken = ", ".join(
        f"{what} {port}" for what, port in (("UDP", ports.snmp), ("UDP", ports.echo), ("TCP", ports.tcp)) if port
    )
    return f"one of its ports is taken ({taken}); is another simulation running?"


def description(simulation: Simulation, options: SimulateOptions) -> str:
    """One line that says what is served where; it appears once every socket is open."""
    if simulation.city is None:
        what = f"{len(options.recordings)} recorded agents"
    else:
        city = simulation.city.city
        what = f"{len(city.devices)} switches and {len(city.field_devices)} field devices"
    ports = options.ports
    where = [f"SNMP on port {simulation.snmp_port}"]
    if ports.echo is not None:
        where.append(f"UDP echo on {simulation.echo_port}")
    if ports.tcp is not None and simulation.city is not None:
        where.append(f"TCP on {ports.tcp}")
    return f"simulating {what}: {', '.join(where)}; type help for what can fail"


async def _open_control(
    simulation: Simulation, path: Path | None, say: Say, at_eof: asyncio.Event | None
) -> Callable[[], None]:
    """Begin to read control lines; returns what ends it. `at_eof` is set when standard input ends."""
    if path is None:
        return await _read_standard_input(simulation, say, at_eof)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async for line in reader:
                writer.write(execute(simulation, line.decode("utf-8", "replace")).encode() + b"\n")
                await writer.drain()
        except ConnectionError as error:
            simulation.answers.counts[f"control {type(error).__name__}"] += 1
        finally:
            writer.close()

    server = await asyncio.start_unix_server(converse, path=str(path))

    def close() -> None:
        server.close()
        path.unlink(missing_ok=True)

    return close


async def _read_standard_input(simulation: Simulation, say: Say, at_eof: asyncio.Event | None) -> Callable[[], None]:
    """Standard input as control input. Its end is the simulation's only where asked for: a service has none."""
    waiting_for = _standard_input()
    if waiting_for is None:  # there is nobody to ask
        if at_eof is not None:
            at_eof.set()
        return lambda: None
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), waiting_for
    )

    async def converse() -> None:
        try:
            async for line in reader:
                say(execute(simulation, line.decode("utf-8", "replace")))
        finally:
            if at_eof is not None:
                at_eof.set()

    task = asyncio.get_running_loop().create_task(converse(), name="control input")

    def close() -> None:
        task.cancel()
        transport.close()

    return close


def _standard_input() -> FileIO | None:
    """Standard input as a file of its own; None where it cannot be waited for: closed, a plain file, /dev/null.

    Not descriptor 0 itself: libuv aborts where it has to close that one. A terminal is opened anew, since waiting makes
    a file non-blocking, and that shall not befall what we print to the same terminal.
    """
    if sys.stdin is None:
        return None
    number = sys.stdin.fileno()
    if os.isatty(number):
        return FileIO(os.open(os.ttyname(number), os.O_RDONLY | os.O_NOCTTY))
    mode = os.fstat(number).st_mode
    return FileIO(os.dup(number)) if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None
