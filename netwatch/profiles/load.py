"""Profiles: YAML files in, one Plan per profile out. What cannot be used is refused here, never at a poll.

A profile is knowledge of MIBs as data: which objects, in which lane, of which syntax, and what they mean. It may
extend another one, and says which devices it is for. The first mistake of a file is raised as ProfileError with its
line.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path

from netwatch.core.errors import Problem, ProfileError
from netwatch.core.model import Device
from netwatch.core.plan import ANY_ARC, Match, Plan, Scalar, Table
from netwatch.profiles.marked import Block, Text, did_you_mean, parse
from netwatch.profiles.objects import fixed_in, oids_in, read_oid, read_scalar, read_table, setting_of

DEFAULT_PROFILE = "standard"  # what `auto` means for a device that no profile is for
AUTO = "auto"
VENDORS = "vendors"
OWN_FOLDER = "profiles"  # beside the inventory: the city's own

_PREFIX_ARCS = 7  # 1.3.6.1.4.1.ENTERPRISE: anything shorter would be all makers
_DESCR_AT_MOST = 200  # characters of a pattern


def load_profiles(folder: Path | None = None) -> Mapping[str, Plan]:
    """The Plans of every `*.yaml` in a folder (default: the ones netwatch comes with), by profile name."""
    if folder is not None:
        return _plans(_roots(_entries(folder)))
    place = files("netwatch.profiles")
    return _plans(_roots([*_entries(place), *_entries(place / VENDORS)]))


def load_profiles_beside(inventory: Path) -> Mapping[str, Plan]:
    """Those netwatch comes with, and the city's own from the folder `profiles` beside its inventory, if there is one.

    One of the city's that is called as one of ours stands in its place.
    """
    place = files("netwatch.profiles")
    ours = _roots([*_entries(place), *_entries(place / VENDORS)])
    folder = inventory.parent / OWN_FOLDER
    own = _roots(_entries(folder), shown=f"{OWN_FOLDER}/") if folder.is_dir() else {}
    return _plans({**ours, **own}, own=frozenset(own))


def own_profiles(inventory: Path) -> dict[Path, bytes]:
    """The files of the city's own profiles as they are, right or wrong."""
    folder = inventory.parent / OWN_FOLDER
    return {path: path.read_bytes() for path in sorted(folder.glob("*.yaml")) if path.is_file()}


def check_profile(path: Path) -> Plan:
    """One file as it would stand beside those netwatch comes with. Raises ProfileError at the first mistake.

    In a folder `profiles` it stands beside the other files of that folder, too.
    """
    place, folder = files("netwatch.profiles"), path.absolute().parent
    root = parse(_text_of(path), file=str(path))
    name = _profile_name(root)
    others = [one for one in _entries(folder) if one.name != path.name] if folder.name == OWN_FOLDER else []
    own = {**_roots(others, shown=f"{OWN_FOLDER}/"), name: root}
    roots = {**_roots([*_entries(place), *_entries(place / VENDORS)]), **own}
    return _plans(roots, own=frozenset(own))[name]


def plan_for(device: Device, profiles: Mapping[str, Plan]) -> Plan:
    """The Plan of a device by its `profile`. ProfileError for a name nobody has.

    `auto` begins with the standard MIBs, and knows the profiles of which one may fit better.
    """
    name = DEFAULT_PROFILE if device.profile == AUTO else device.profile
    plan = profiles.get(name)
    if plan is None:
        what = f"no profile {name!r}{did_you_mean(name, (AUTO, *sorted(profiles)))}"
        raise ProfileError(Problem(file="inventory", line=0, where=f"devices.{device.id}.profile", what=what))
    return plan if device.profile == AUTO else replace(plan, others=()) if plan.others else plan


def read_profile(text: str, *, file: str) -> Plan:
    """One profile's text, which extends no other, as a Plan. Raises ProfileError at the first mistake."""
    return _plan(_with_extended(parse(text, file=file), {}))


def _entries(folder: Traversable) -> list[Traversable]:
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml") and not entry.name.startswith("."))
    return sorted(found, key=lambda entry: entry.name)


def _roots(entries: Iterable[Traversable], shown: str = "") -> dict[str, Block]:
    roots: dict[str, Block] = {}
    for entry in entries:
        file = shown + entry.name
        root = parse(_text_of(entry, file), file=file)
        name = _profile_name(root)
        if name in roots:
            raise ProfileError(Problem(file=file, line=0, where="profile", what=f"{name!r} is given twice"))
        roots[name] = root
    return roots


def _text_of(entry: Traversable, file: str | None = None) -> str:
    try:
        return entry.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        where = file if file is not None else str(entry)
        raise ProfileError(Problem(file=where, line=0, where="", what=f"cannot be read: {why}")) from None


def _plans(roots: Mapping[str, Block], own: frozenset[str] = frozenset()) -> Mapping[str, Plan]:
    cache: dict[int, Table] = {}  # by block: all that extend one profile share its tables
    plans = {name: _plan(_with_extended(root, roots), cache=cache) for name, root in roots.items()}
    plans = {name: replace(plan, is_own=True) if name in own else plan for name, plan in plans.items()}
    _refuse_equal_matches(plans, roots)
    others = tuple(plan for plan in plans.values() if plan.match is not None)
    default = plans.get(DEFAULT_PROFILE)
    return plans if default is None else {**plans, DEFAULT_PROFILE: replace(default, others=others)}


def _with_extended(root: Block, roots: Mapping[str, Block], above: tuple[str, ...] = ()) -> tuple[Block, ...]:
    """What a profile builds on, from the bottom up, and itself last."""
    name = _profile_name(root)
    if "extends" not in root.entries:
        return (root,)
    wanted = root.text("extends")
    below = roots.get(wanted.value)
    if below is None:
        raise wanted.place.problem(f"no profile {wanted.value!r}{did_you_mean(wanted.value, tuple(sorted(roots)))}")
    if wanted.value in (*above, name):
        raise wanted.place.problem(f"{wanted.value!r} extends itself")
    return (*_with_extended(below, roots, (*above, name)), root)


def _plan(roots: Sequence[Block], cache: dict[int, Table] | None = None) -> Plan:
    """The Plan of a profile that stands on others; what they ask for comes first, and the longest tables last."""
    known = cache if cache is not None else {}
    scalars: dict[str, tuple[Block, Scalar]] = {}
    tables: dict[str, tuple[Block, Table]] = {}
    for root in roots:
        _leave_out(root, scalars, tables)
        for name, block in root.blocks("scalars").items():
            _refuse_shared_name(name, block, scalars, tables)
            scalars[name] = block, read_scalar(name, block)
        for name, block in root.blocks("tables").items():
            _refuse_shared_name(name, block, scalars, tables)
            if id(block) not in known:
                known[id(block)] = read_table(name, block)
            tables[name] = block, known[id(block)]
    if not scalars and not tables:
        raise roots[-1].place.problem("it asks for nothing: neither scalars nor tables")
    _refuse_conditions_on_nothing(tables.values())
    kept = [*(block for block, _ in scalars.values()), *(block for block, _ in tables.values())]
    settings = frozenset(setting_of(table, block) for block, table in tables.values())
    fixed = frozenset(oid for block, table in tables.values() for oid in fixed_in(table, block))
    _refuse_shared_oids([oid for block in kept for oid in oids_in(block)], settings=settings, fixed=fixed)
    plan = Plan(
        profile=_profile_name(roots[-1]),
        scalars=tuple(scalar for _, scalar in scalars.values()),
        tables=tuple(sorted((table for _, table in tables.values()), key=lambda table: table.edge_only)),
        vendor=next((root.text("vendor").value for root in reversed(roots) if "vendor" in root.entries), ""),
        identity=tuple(one for root in reversed(roots) for one in _identity(root)),
        match=_match(roots[-1]) if "match" in roots[-1].entries else None,
    )
    if plan.has_any_arc and not (plan.match and plan.match.object_ids):
        what = f"an OID with {ANY_ARC} needs a sysObjectID to take the model from, and nothing is matched by one"
        raise roots[-1].place.problem(what)
    return plan


def _profile_name(root: Block) -> str:
    root.known_keys("profile", "extends", "vendor", "match", "identity", "without", "scalars", "tables")
    name = root.text("profile")
    if name.value == AUTO:
        raise name.place.problem("'auto' is what an inventory says to have a profile chosen, and names none")
    return name.value


def _match(root: Block) -> Match:
    block = root.block("match")
    block.known_keys("sys_object_id", "sys_descr", "probe")
    if not block.entries:
        raise block.place.problem("it names nothing that a device could be known by")
    return Match(
        object_ids=tuple(_prefix(text) for text in block.texts("sys_object_id")),
        descr=_pattern(block.text("sys_descr")) if "sys_descr" in block.entries else None,
        probe=read_oid(block.text("probe")) if "probe" in block.entries else None,
    )


def _identity(root: Block) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Where in sysDescr the device says what it is, each with one group."""
    if "identity" not in root.entries:
        return ()
    block = root.block("identity")
    block.known_keys("model", "serial", "firmware")
    patterns = tuple((name, _pattern(block.text(name))) for name in block.entries)
    for name, pattern in patterns:
        if pattern.groups != 1:
            raise block.text(name).place.problem("one group in parentheses must be what it is, no more and no less")
    return patterns


def _prefix(text: Text) -> str:
    oid = read_oid(text)
    if oid.count(".") + 1 < _PREFIX_ARCS or not oid.startswith("1.3.6.1.4.1."):
        raise text.place.problem(f"{oid} is no maker's: such an OID begins with 1.3.6.1.4.1 and the maker's number")
    return oid


def _pattern(text: Text) -> re.Pattern[str]:
    try:
        if len(text.value) > _DESCR_AT_MOST:
            raise text.place.problem(f"a pattern has at most {_DESCR_AT_MOST} characters")
        return re.compile(text.value)
    except re.error as error:
        raise text.place.problem(f"{text.value!r} is no pattern: {error}") from None


def _refuse_equal_matches(plans: Mapping[str, Plan], roots: Mapping[str, Block]) -> None:
    """Two profiles for the same devices: nobody could tell which one is meant. The city's own may be beside ours."""
    seen: dict[object, str] = {}
    for name, plan in plans.items():
        if plan.match is None:
            continue
        pattern = plan.match.descr.pattern if plan.match.descr is not None else None
        for object_id in plan.match.object_ids or ("",):
            before = seen.setdefault((object_id, pattern, plan.match.probe, plan.is_own), name)
            if before != name:
                raise roots[name].block("match").place.problem(f"{before!r} is for the same devices")


def _leave_out(root: Block, scalars: dict[str, tuple[Block, Scalar]], tables: dict[str, tuple[Block, Table]]) -> None:
    """Take away what the profile says that it does not ask of what it extends."""
    for text in root.texts("without"):
        known = (*tables, *scalars)
        if text.value not in known:
            raise text.place.problem(f"nothing below is called {text.value!r}{did_you_mean(text.value, known)}")
        tables.pop(text.value, None)
        scalars.pop(text.value, None)


def _refuse_shared_name(name: str, block: Block, *taken: Mapping[str, tuple[Block, object]]) -> None:
    for others in taken:
        if name in others:
            raise block.place.problem(f"{name!r} is what {others[name][0].place.path} is called already")


def _refuse_conditions_on_nothing(tables: Iterable[tuple[Block, Table]]) -> None:
    """A table may depend only on one that has been walked when its turn comes."""
    above: list[str] = []
    for block, table in tables:
        for key in ("unless", "along"):
            if key in block.entries and block.text(key).value not in above:
                wanted = block.text(key)
                raise wanted.place.problem(f"no table {wanted.value!r} above{did_you_mean(wanted.value, tuple(above))}")
        above.append(table.name)


def _refuse_shared_oids(oids: Iterable[Text], *, settings: Collection[Text | None], fixed: Collection[Text]) -> None:
    """No object twice, and none inside another: a reply could not be told apart.

    But what tells the kinds of rows may be what another table, too, reads at discovery.
    """
    in_order = sorted(oids, key=lambda text: (_arcs(text.value), text.place.line))
    for outer, inner in pairwise(in_order):
        is_told_by = outer in settings or inner in settings
        is_one_setting = is_told_by and outer.value == inner.value and outer in fixed and inner in fixed
        if f"{inner.value}.".startswith(f"{outer.value}.") and not is_one_setting:
            first, second = sorted((outer, inner), key=lambda text: text.place.line)
            what = f"{second.value} is, or overlaps, what {first.place.path} asks for in line {first.place.line}"
            raise second.place.problem(what)


def _arcs(oid: str) -> list[int]:
    return [-1 if arc == ANY_ARC else int(arc) for arc in oid.split(".")]
