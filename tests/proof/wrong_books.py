"""A world -> an inventory that is wrong in a given share of its links, in the ways that inventories are."""

from tests.proof.world import Line

SWAPPED, STALE, MISSING, WRONG_CABLE, FAR_END = "swapped", "stale", "missing", "wrong cable", "far end"
WAYS = (SWAPPED, STALE, MISSING, WRONG_CABLE, FAR_END)
NO_SUCH_PORT = "q"  # begins the name of a port that the agent does not have; others are there, and unused


def misremember(chance, world, *, share):
    """The links as the books have them -> (lines, what is wrong with which)."""
    told, wrong = dict(world.lines), {}
    wanted = round(share * len(told))
    names = list(world.lines)
    chance.shuffle(names)
    while names and len(wrong) < wanted:
        name = names.pop()
        if name in wrong:
            continue
        way = chance.choice(WAYS)
        if way == SWAPPED:
            _swap(chance, world, told, wrong, name)
        elif way == STALE:
            told[f"stale-{name}"] = _stale(chance, world)
            wrong[f"stale-{name}"] = STALE
        elif way == MISSING:
            del told[name]
            wrong[name] = MISSING
        elif way == WRONG_CABLE:
            cables = sorted(set(world.lines_in) - set(told[name].cables))
            if cables:
                told[name] = told[name]._replace(cables=(chance.choice(cables),))
                wrong[name] = WRONG_CABLE
        else:
            told[name] = told[name]._replace(b=_free_port(chance, world, chance.choice(list(world.site_of))))
            wrong[name] = FAR_END
    return told, wrong


def _swap(chance, world, told, wrong, name):
    device = chance.choice((world.lines[name].a[0], world.lines[name].b[0]))
    others = [o for o in world.lines_of[device] if o != name and o not in wrong and o in told]
    if not others:
        return
    other = chance.choice(others)
    mine, theirs = (_port_at(world.lines[one], device) for one in (name, other))
    told[name] = _with_port(told[name], device, theirs)
    told[other] = _with_port(told[other], device, mine)
    wrong[name] = wrong[other] = SWAPPED


def _stale(chance, world):
    one, other = chance.sample(list(world.site_of), 2)
    cables = (chance.choice(sorted(world.lines_in)),) if chance.random() < 0.5 and world.lines_in else ()
    return Line(_free_port(chance, world, one), _free_port(chance, world, other), cables)


def _free_port(chance, world, device):
    number = world.port(device)[1][1:]
    return device, f"{chance.choice(('p', NO_SUCH_PORT))}{number}"


def _port_at(line, device):
    return line.a if line.a[0] == device else line.b


def _with_port(line, device, port):
    return line._replace(a=port) if line.a[0] == device else line._replace(b=port)
