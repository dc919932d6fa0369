"""Verdicts on what was named against what was true, summed up."""

from collections import Counter
from dataclasses import dataclass, field

DETERMINED, AMBIGUOUS, OUTDONE = "determined", "ambiguous", "outdone"  # outdone: fewer failures explain as much
CLEAR, UNCLEAR = "all determined", "some ambiguous"  # scenes


def named(cause):
    """Everything the cause says it could be."""
    return {cause.subject, *cause.ambiguous_with}


def class_of(failure, explanations, size):
    """Whether the answers leave no doubt about this failure."""
    if all(any(one.subject == failure.subject for one in set_) for set_ in explanations):
        return DETERMINED
    return OUTDONE if any(len(set_) < size for set_ in explanations) else AMBIGUOUS


@dataclass
class Tally:
    scenes: int = 0
    table: Counter = field(default_factory=Counter)  # (true kind, class, kind told)
    recall: Counter = field(default_factory=Counter)  # (class, found)
    precision: Counter = field(default_factory=Counter)  # (clearness of the scene, right)
    sizes: Counter = field(default_factory=Counter)  # of the sets of who else it could be
    wrong: list = field(default_factory=list)

    def add(self, seed, failures, explanations, causes):
        """One scene: what was visibly broken, all that could have been, and what was said."""
        self.scenes += 1
        classes = {one: class_of(one, explanations, len(failures)) for one in failures}
        subjects = {one.subject for one in failures}
        clearness = CLEAR if set(classes.values()) == {DETERMINED} else UNCLEAR
        for one, class_ in classes.items():
            exact = next((cause for cause in causes if cause.subject == one.subject), None)
            within = next((cause for cause in causes if one.subject in named(cause)), None)
            told = exact.kind.value if exact else f"{within.kind.value} (perhaps)" if within else "nothing"
            self.table[one.kind, class_, told] += 1
            is_found = exact is not None if class_ == DETERMINED else within is not None
            self.recall[class_, is_found] += 1
            if not is_found:
                self.wrong.append((seed, one, class_, told))
        for cause in causes:
            is_right = cause.subject in subjects if clearness == CLEAR else bool(named(cause) & subjects)
            self.precision[clearness, is_right] += 1
            self.sizes[len(named(cause))] += 1
            if not is_right:
                self.wrong.append((seed, cause.kind.value, cause.subject, "is not true"))

    def print(self):
        told = sorted({kind for _, _, kind in self.table})
        print(f"\n{self.scenes} scenes; true kind, whether determined -> kind told")
        for true, class_ in sorted({key[:2] for key in self.table}):
            row = ", ".join(
                f"{self.table[true, class_, kind]} {kind}" for kind in told if self.table[true, class_, kind]
            )
            print(f"  {true:12}{class_:12}{row}")
        for class_ in (DETERMINED, AMBIGUOUS, OUTDONE):
            print(f"  recall, {class_}: {ratio(self.recall, class_)} of {total(self.recall, class_)}")
        for clearness in (CLEAR, UNCLEAR):
            count = total(self.precision, clearness)
            print(f"  precision, {clearness}: {ratio(self.precision, clearness)} of {count}")
        print(f"  subjects per cause: {dict(sorted(self.sizes.items()))}")
        print("  wrong:", *self.wrong, sep="\n    ")


def total(counts, key):
    return counts[key, True] + counts[key, False]


def ratio(counts, key):
    """The share of what was right; 1 where there was nothing."""
    return counts[key, True] / (total(counts, key) or 1) if total(counts, key) else 1.0
