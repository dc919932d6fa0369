"""What things are called: PromQL that puts the `_info` families' names beside ids, without losing who has none."""

_INFO = {  # a subject's first words -> the label of its id, and the family that knows its name
    "device|port": ("device", "netwatch_device_info"),
    "field_device": ("field_device", "netwatch_field_device_info"),
    "ring": ("ring", "netwatch_ring_info"),
    "site": ("site", "netwatch_site_info"),
    "service": ("service", "netwatch_service_info"),
}
_OF = dict(_INFO.values())


def named(series: str, label: str, *, by: str) -> str:
    """The series with label `name`, told for the id in `label`; where it has none, as it is. `by`: all its labels."""
    names = f'max by ({label}, name) ({_OF[label]}{{name!=""}})'
    return f"({series}) * on ({label}) group_left (name) {names} or on ({by}) ({series})"


def names_of(label: str, chosen: str) -> str:
    """One series `label`, `name` for each id that `chosen` has: a column of names in a table joined by `label`."""
    return f"max by ({label}, name) ({_OF[label]} and on ({label}) {chosen})"


def subject_names(chosen: str) -> str:
    """One series `fault`, `name` for each fault of `chosen`; without a name where its subject has none, as a cable."""
    found = []
    for words, (label, family) in _INFO.items():
        subject = f'label_replace({chosen}, "{label}", "$1", "subject", "(?:{words}):([^ ]+).*")'
        names = f'max by ({label}, name) ({family}{{name!=""}})'
        found.append(f"max by (fault, name) ({subject} * on ({label}) group_left (name) {names})")
    # a link is called by its two ends, and so is a cable that only one link lies in
    ends = 'label_join(netwatch_link_info, "name", " – ", "a_device", "b_device")'
    cables = f'max by (cable, name) (label_replace({ends}, "cable", "$1", "cables", "(.+)"))'
    alone = f"({cables} and on (cable) count by (cable) ({cables}) == 1)"
    for label, names in (("link", f"max by (link, name) ({ends})"), ("cable", alone)):
        subject = f'label_replace({chosen}, "{label}", "$1", "subject", "{label}:(.+)")'
        found.append(f"max by (fault, name) ({subject} * on ({label}) group_left (name) {names})")
    return " or on (fault) ".join((*found, f"0 * max by (fault) ({chosen})"))
