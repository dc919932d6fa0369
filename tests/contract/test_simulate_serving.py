"""`serve`: from options to a running simulation with a control socket, and out again."""

import asyncio
import os
import signal

import pytest

from netwatch.simulate.server import Ports
from netwatch.simulate.serving import SimulateOptions, recording_addresses, serve

QUIET = Ports(snmp=0, echo=0, tcp=None)


@pytest.fixture
async def serving(tmp_path):
    """Start serving; gives the task, what was said and complained, and the control socket's path."""
    said, complaints, tasks = [], [], []
    control = tmp_path / "control.sock"

    async def start(**fields):
        options = SimulateOptions(**{"ports": QUIET, "control": control, "switches": 10, **fields})
        spoken = asyncio.Event()

        def say(text):
            said.append(text)
            spoken.set()

        task = asyncio.create_task(serve(options, say=say, complain=complaints.append))
        heard = asyncio.create_task(spoken.wait())
        tasks.extend((task, heard))
        await asyncio.wait((task, heard), timeout=60, return_when=asyncio.FIRST_COMPLETED)
        return task, said, complaints, control

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_city_is_served_controlled_and_ended_by_a_signal(serving):
    task, said, complaints, control = await serving()
    assert said[0].startswith("simulating 10 switches and 21 field devices: SNMP on port ")
    reader, writer = await asyncio.open_unix_connection(control)
    writer.write(b"fail cable:c-0001\nlist\nnonsense\n")
    answers = [(await reader.readline()).decode().strip() for _ in range(3)]
    assert answers == ["failed cable:c-0001", "cable:c-0001 (cut)", "error: no command 'nonsense'; try help"]
    writer.close()
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(task, 60) == 0
    assert complaints == []
    assert not control.exists()


async def test_recordings_are_served_at_addresses_in_order(serving, tmp_path):
    files = [tmp_path / name for name in ("a.snmprec", "b.snmprec")]
    for file in files:
        file.write_bytes(b"1.3.6.1.2.1.1.5.0|4|x\n")
    recordings = recording_addresses(files)
    assert recordings == {"127.1.0.1": files[0], "127.1.0.2": files[1]}
    _, said, _, _ = await serving(recordings=recordings)
    assert said[0].startswith("simulating 2 recorded agents: SNMP on port ")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"switches": 2}, "a city has at least 4 switches, not 2"), ({"vendors": ("acme",)}, "unknown vendor 'acme'")],
)
async def test_options_that_cannot_be_are_exit_code_1(serving, wrong, sentence):
    task, said, complaints, _ = await serving(**wrong)
    assert (await task, said) == (1, [])
    assert complaints[0].startswith(sentence)


async def test_a_broken_recording_is_exit_code_1_with_its_line(serving, tmp_path):
    file = tmp_path / "bad.snmprec"
    file.write_bytes(b"1.3.6.1|4\n")
    task, _, complaints, _ = await serving(recordings={"127.1.0.1": file})
    assert await task == 1
    assert "bad.snmprec:1: expected oid|tag|value" in complaints[0]


async def test_a_control_socket_that_cannot_be_is_exit_code_3(serving, tmp_path):
    task, said, complaints, _ = await serving(control=tmp_path / "missing" / "control.sock")
    assert (await task, said) == (3, [])
    assert complaints[0].startswith("the simulation cannot listen: ")
