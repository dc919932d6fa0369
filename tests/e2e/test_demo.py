"""`netwatch demo` as a newcomer has it: it starts, obeys what is typed, and is gone without a trace however it ends."""

import os
import pty
import re
import signal
import subprocess
import threading
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.process import ENVIRONMENT, NETWATCH, ROOT, Page, netwatch, until

ADDRESS = re.compile(r"^  (http://127\.0\.0\.1:\d+)/$", re.MULTILINE)
POLL = re.compile(r" poll (\S+) --inventory (\S+)$", re.MULTILINE)


class Demo:
    """One demo, its temporary files in a folder of its own."""

    def __init__(self, folder, *, switches=4, stdin=subprocess.PIPE):
        self.folder = folder
        self.folder.mkdir()
        self.said = []
        self.process = subprocess.Popen(
            [*NETWATCH, "demo", "--switches", str(switches)],
            cwd=ROOT,
            env=ENVIRONMENT | {"TMPDIR": str(self.folder)},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ready(self):
        """Once it says what to open."""
        self.url = until(self._address, what="the guide")[1]
        self.simulation = until(self._child, what="the simulation")
        return self

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line.decode())

    def _address(self):
        if has_ended := self.process.poll() is not None:  # before what it said is looked at
            self._reader.join(60)
        found = ADDRESS.search(self.text)
        assert found or not has_ended, self.text
        return found

    @property
    def text(self):
        return "".join(self.said)

    def _child(self):
        pid = self.process.pid
        return next(iter(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()), None)

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def up(self, device):
        """netwatch_device_up of one device, None while it is not known."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=30) as reply:
            return Page(reply.read().decode()).value("netwatch_device_up", device=device)

    def ends(self, within_s=60.0):
        """The exit code; nothing may be left of it."""
        code = self.process.wait(within_s)
        self._reader.join(60)
        until(lambda: not Path(f"/proc/{self.simulation}").exists(), what="the simulation's end")
        assert list(self.folder.iterdir()) == []
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(60)
        self._reader.join(60)
        self.process.stdout.close()
        if self.process.stdin is not None:
            self.process.stdin.close()


@pytest.fixture
def demo(folder):
    started = []

    def start(**options):
        return begin(**options).ready()

    def begin(**options):
        started.append(Demo(folder / f"tmp-{len(started)}", **options))
        return started[-1]

    start.begin = begin
    yield start
    for one in started:
        one.close()


def test_a_failure_that_is_typed_shows_on_the_pages_and_so_does_its_end(demo):
    one = demo(switches=20)
    switch, inventory = POLL.search(one.text).groups()
    until(lambda: one.up(switch) == 1, what="the switch, up")
    assert netwatch("poll", switch, "--inventory", inventory).returncode == 0
    one.type(f"fail device:{switch}")
    until(lambda: one.up(switch) == 0, what="the switch, down")
    assert f"failed device:{switch}\n" in one.text
    one.type("restore all")
    until(lambda: one.up(switch) == 1, what="the switch, up again")
    for page in ("/", "/metrics/faults", "/sd?shards=4", "/-/healthy", "/-/ready"):
        with urllib.request.urlopen(one.url + page, timeout=30) as reply:
            assert reply.status == 200
    one.process.send_signal(signal.SIGINT)
    assert one.ends() == 0
    assert "Traceback" not in one.text
    assert "warning" not in one.text


def test_two_demos_run_side_by_side_and_each_ends_by_its_own_signal_and_leaves_nothing(demo):
    first, second = demo(), demo(stdin=subprocess.DEVNULL)  # nobody types to the second, and it goes on
    assert first.url != second.url
    for one in (first, second):
        until(lambda one=one: one.up("core-1") == 1, what="a core, up")
    first.process.send_signal(signal.SIGHUP)
    assert first.ends() == 0
    assert second.up("core-1") == 1

    listen = second.url.removeprefix("http://")
    before = list(second.folder.iterdir())
    third = netwatch("demo", "--switches", "4", "--listen", listen, environ={"TMPDIR": str(second.folder)})
    assert third.returncode == 3
    assert (
        third.stderr
        == f"netwatch: cannot listen on {listen}: Address already in use; --listen HOST:PORT names another place\n"
    )
    assert list(second.folder.iterdir()) == before
    second.process.terminate()
    assert second.ends() == 0


def test_demos_that_start_at_the_same_moment_find_a_place_each(demo):
    """Both look for free ports before either has any."""
    both = [demo.begin(stdin=subprocess.DEVNULL) for _ in range(2)]
    assert len({one.ready().url for one in both}) == 2
    for one in both:
        until(lambda one=one: one.up("core-1") == 1, what="a core, up")
        assert "taken" not in one.text


def test_ctrl_c_pressed_again_and_again_leaves_nothing_behind(demo):
    one = demo()
    for _ in range(3):
        one.process.send_signal(signal.SIGINT)
    assert one.ends() == 0
    assert "Traceback" not in one.text


def test_a_demo_that_is_killed_takes_its_simulation_with_it(demo):
    one = demo()
    one.process.kill()
    until(lambda: not Path(f"/proc/{one.simulation}").exists(), what="the simulation's end")


def test_a_closed_terminal_ends_the_demo(folder):
    """A terminal of its own, as in a window or over ssh; then the window is closed."""
    (folder / "tmp").mkdir()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(NETWATCH[0], [*NETWATCH, "demo", "--switches", "4"], ENVIRONMENT | {"TMPDIR": str(folder / "tmp")})
    said = b""
    while b"Ctrl-C ends the demo" not in said:
        said += os.read(terminal, 4096)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert len(children) == 1
    os.close(terminal)  # the kernel sends SIGHUP to the session in its foreground
    until(lambda: os.waitpid(pid, os.WNOHANG)[0], what="the demo's end")
    until(lambda: not Path(f"/proc/{children[0]}").exists(), what="the simulation's end")
    assert list((folder / "tmp").iterdir()) == []


def test_what_is_kept_is_an_inventory_and_its_state(folder):
    kept = folder / "kept"
    process = subprocess.Popen(
        [*NETWATCH, "demo", "--switches", "4", "--keep", str(kept)],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        until(lambda: "Ctrl-C ends" in process.stdout.readline(), what="the guide")
        assert netwatch("reload", "--state-dir", kept / "state").returncode == 0
        process.terminate()
        assert process.wait(60) == 0
    assert netwatch("check", "--inventory", kept / "inventory.yaml").returncode == 0
    assert (kept / "state" / "netwatch.db").exists()
