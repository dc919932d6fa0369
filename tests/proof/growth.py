"""Chance -> a world: rings, sub-rings, chains, switches with two uplinks, cables and ducts that several links share."""

from itertools import pairwise

from tests.proof.world import Line, World


class _Growing:
    def __init__(self, chance, switches, cameras):
        self.chance, self.wanted, self.cameras = chance, switches, cameras
        self.world = World()
        self.cables, self.rings = 0, 0

    def device(self, role, near=None):
        world, name = self.world, f"s{len(self.world.site_of)}"
        shares_site = near is not None and self.chance.random() < 0.12
        world.site_of[name] = world.site_of[near] if shares_site else f"site-{name}"
        world.role_of[name] = role
        if role == "access" and self.chance.random() < 0.04:
            world.agentless.add(name)
        return name

    def cable(self, *ends):
        """A cable of its own, or one that ends at the same switch, or none."""
        world, luck = self.world, self.chance.random()
        beside = [
            c for end in ends for line in world.lines.values() if end in (line.a[0], line.b[0]) for c in line.cables
        ]
        if luck < 0.2 and beside:
            return self.chance.choice(beside)
        self.cables += 1
        name = f"c{self.cables}"
        if self.chance.random() < 0.15:
            world.duct_of[name] = f"d{self.chance.randrange(max(1, self.cables // 6) + 1)}"
        return name

    def link(self, a, b, ring=None):
        luck = self.chance.random()
        count = 0 if luck < 0.1 else 2 if luck < 0.25 else 1
        cables = tuple(dict.fromkeys(self.cable(a, b) for _ in range(count)))
        name = f"l{len(self.world.lines)}"
        keeps_light = self.chance.random() < 0.03
        self.world.lines[name] = Line(self.world.port(a), self.world.port(b), cables, keeps_light)
        if ring is not None:
            self.world.ring_of[name] = ring

    def path(self, start, length, role, ring=None):
        before, made = start, []
        for _ in range(length):
            after = self.device(role, near=before if made else None)
            self.link(before, after, ring)
            made.append(after)
            before = after
        return made

    def grow(self):
        world, chance = self.world, self.chance
        cores = [self.device("core") for _ in range(chance.choice((1, 2, 2, 3)))]
        for one, other in pairwise(cores):
            self.link(one, other)
        if len(cores) == 3:
            self.link(cores[2], cores[0])
        while len(world.site_of) < self.wanted:
            self.step(chance.choice(list(world.site_of)), cores)
        world.roots = tuple(chance.sample(cores, chance.choice((1, 1, min(2, len(cores))))))
        some = list(world.site_of)
        world.anchors = {
            "cctv": (),
            "signal": tuple(chance.sample(some, min(2, len(some)))),
            "sensor": (chance.choice(cores),),
        }
        access = [d for d in world.site_of if world.role_of[d] == "access"] or some
        for count in range(self.cameras):
            service = chance.choice(list(world.anchors))
            world.fields[f"cam-{count}"] = (world.port(chance.choice(access)), service)
        return world.index()

    def step(self, start, cores):
        chance, world = self.chance, self.world
        what = chance.choice(("ring", "ring", "sub-ring", "chain", "chain", "dual", "star"))
        role = "aggregation" if len(world.site_of) < self.wanted / 8 else "access"
        if what in ("ring", "sub-ring"):
            self.rings += 1
            name = f"ring-{self.rings}"
            made = self.path(start, chance.randint(2, 7), role, name)
            end = (
                start if what == "ring" else chance.choice([*cores, *list(world.site_of)[-20 - len(made) : -len(made)]])
            )
            self.link(made[-1], end, name)
        elif what == "chain":
            self.path(start, chance.randint(1, 4), role)
        elif what == "dual":
            leaf = self.device(role, near=start)
            self.link(start, leaf)
            other = chance.choice([d for d in world.site_of if d != leaf])
            self.link(other, leaf)
        else:
            for _ in range(chance.randint(1, 3)):
                self.link(start, self.device(role))


def grow(chance, *, switches, cameras=0):
    """A world of about so many switches."""
    return _Growing(chance, switches, cameras).grow()
