"""Namespaces and the processes in them. Nothing outlives the process that made them, not even a kill -9 of it.

The namespaces have no names: only file descriptors of this process and the processes inside keep them. Each of those is
the child of an init of its own process namespace, which the kernel kills together with us.
"""

import os
import signal
import subprocess
from pathlib import Path

from tests.e2e.own_network import OwnNetwork
from tests.tools import missing, require_tool

# `unshare` dies with us and its child, the sh, with it; and with an init dies its whole process namespace. Not the
# program itself: lldpd gives up capabilities, and the kernel then forgets with whom it was to die (prctl(2)).
WITH_US = ("setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child")
AS_CHILD_OF_INIT = ("sh", "-c", '"$@"; exit $?', "sh")


class Process:
    """One program in a namespace; what it says is in its log."""

    def __init__(self, words, log: Path, environ):
        self.log = log
        with log.open("ab") as stream:
            self._outside = subprocess.Popen(
                [*WITH_US, *AS_CHILD_OF_INIT, *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | environ,
            )

    @property
    def has_ended(self):
        return self._outside.poll() is not None

    def kill(self):
        """As by a power cut: the whole process namespace, and back when all of it is gone."""
        pid = self._outside.pid
        for init in Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if not self.has_ended else ():
            os.kill(int(init), signal.SIGKILL)
        if not self.has_ended:
            try:
                self._outside.wait(30)
            except subprocess.TimeoutExpired:
                self._outside.kill()
        self._outside.wait(60)


class Workshop(OwnNetwork):
    """Makes namespaces while its thread stays where it is."""

    def __init__(self):
        super().__init__()
        for tool in ("setpriv", "unshare"):
            require_tool(tool)
        if os.geteuid() != 0:
            missing("root, which network namespaces need,")
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self._processes: list[Process] = []

    def new(self):
        with self.inside(self._home):
            place = self.enter_new()
            self._no_ipv6()
            return place

    def path(self, place):
        """What `ip ... netns` takes for a namespace without a name."""
        return f"/proc/{os.getpid()}/fd/{place}"

    def configure(self, place, *lines):
        """Lines of ip(8), all or an error."""
        with self.inside(place):
            done = subprocess.run(
                [self._ip, "-batch", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False
            )
        assert done.returncode == 0, f"{done.stderr}in\n{chr(10).join(lines)}"

    def tell(self, place, *words):
        """What ip(8) prints."""
        with self.inside(place):
            return subprocess.run([self._ip, *words], check=True, capture_output=True, text=True).stdout

    def spawn(self, place, words, *, log, environ=None):
        with self.inside(place):
            process = Process(words, log, environ or {})
        self._processes.append(process)
        return process

    def close(self):
        for process in self._processes:
            process.kill()
        super().close()
        os.close(self._home)

    def _no_ipv6(self):
        """One family is enough, and router solicitations would teach the switches MACs that no host has."""
        setting = Path("/proc/sys/net/ipv6/conf/default/disable_ipv6")
        if setting.exists():
            setting.write_text("1")
