"""Brute force: every other set of failures, no larger, that would have given the very same answers.

A search led by what does not fit yet. Failures only ever take something away, so a set that takes too much away is
given up. A port without light on a switch that answers, and a silent device beside one that answers, each have few
possible reasons, and all are tried.
"""

from tests.proof.world import (
    ADMIN_DOWN,
    CABLE,
    DOWN,
    FORWARDING,
    HANG,
    LINK,
    MUTE,
    PORT,
    POWER,
    SHUT,
    SITE,
    STRAND,
    UP,
    Broken,
    Failure,
    answers,
)

TRIED_AT_MOST = 1500


class TooManyError(Exception):
    """The search was not finished: nothing is claimed."""


def visible(world, failures):
    """The failures without which the answers would be others; the rest is masked by them."""
    left = list(failures)
    seen = answers(world, left)
    for one in failures:
        without = [other for other in left if other is not one]
        if answers(world, without).same(seen):
            left = without
    return left


def explanations(world, failures):
    """All sets, no larger than `failures`, that explain the answers; as frozensets of `Failure`."""
    return _Search(world, answers(world, failures), len(failures)).all()


class _Search:
    def __init__(self, world, seen, size):
        self.world, self.seen, self.size = world, seen, size
        self.found, self.tried = set(), set()

    def all(self):
        self._try(frozenset())
        return self.found

    def _try(self, chosen):
        if chosen in self.tried:
            return
        self.tried.add(chosen)
        if len(self.tried) > TRIED_AT_MOST:
            raise TooManyError
        broken = Broken(self.world, chosen)
        told = broken.answers()
        if told.same(self.seen):
            self.found.add(chosen)
            return
        if len(chosen) == self.size or self._takes_too_much(told):
            return
        for reason in self._reasons(broken, told):
            self._try(chosen | {reason})

    def _takes_too_much(self, told):
        if not told.dark <= self.seen.dark or not told.mute <= (self.seen.mute | self.seen.dark):
            return True
        if told.forwarding - self.seen.forwarding:
            return True
        return any(
            light != UP and self.seen.ports.get(port, light) != light
            for port, light in told.ports.items()
            if not (light == DOWN and self.seen.ports.get(port) == ADMIN_DOWN)
        )

    def _reasons(self, broken, told):
        """Why the first thing that does not fit could be so."""
        for device in sorted(self.seen.mute - told.mute):
            return [Failure(MUTE, device)]
        for port, light in sorted(self.seen.ports.items()):
            if light != told.ports.get(port, light):
                return list(self._of_port(port, light))
        missing = self.seen.dark - told.dark
        reached = broken.reached(self.world.roots)
        for device in sorted(missing):
            ways = [
                name
                for name in self.world.lines_of[device]
                if broken.carries(name) and (far := self.world.far(name, device)[0]) in reached and far not in missing
            ]
            if ways or device in self.world.roots:
                return list(self._of_device(device, ways))
        return list(self._of_device(min(missing), [])) if missing else []

    def _of_port(self, port, light):
        world = self.world
        name = world.line_at[port]
        line = world.lines[name]
        far = line.b if line.a == port else line.a
        if light == ADMIN_DOWN:
            yield Failure(SHUT, " ".join(port))
            return
        far_light = self.seen.ports.get(far)
        if far_light == ADMIN_DOWN:
            yield Failure(SHUT, " ".join(far))
            return
        if far_light == UP:
            yield Failure(STRAND, name)
            return
        yield from self._cuts(name)
        if far[0] in self.seen.dark:
            yield Failure(SHUT, " ".join(far))
            yield Failure(STRAND, name)
            yield from self._powers(far[0])

    def _cuts(self, name):
        line = self.world.lines[name]
        yield Failure(LINK, name)
        yield from (Failure(CABLE, cable) for cable in line.cables)
        yield from (Failure(PORT, " ".join(port)) for port in (line.a, line.b))

    def _powers(self, device):
        yield Failure(POWER, device)
        if len(self.world.devices_at[self.world.site_of[device]]) > 1:
            yield Failure(SITE, self.world.site_of[device])

    def _of_device(self, device, ways):
        yield Failure(HANG, device)
        yield Failure(FORWARDING, device)
        yield from self._powers(device)
        for name in ways:
            yield from self._cuts(name)
