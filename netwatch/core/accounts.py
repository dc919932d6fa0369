"""Who may do what: roles and what each allows, accounts and how far and how long they look. Pure.

An account is made by the web configuration; what is asked of a page is an `Act`. Whoever is limited to districts sees
nothing of the others, on no page: what cannot be cut to size is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What somebody wants to do."""

    SCRAPE = "scrape"  # metrics and service discovery, of the whole city
    LOOK = "look"  # pages, searches and /api: where cameras are and their MACs among them
    NOTE = "note"  # write down what was found at a fault
    WORK = "work"  # acknowledge a fault, assign it, give it a ticket
    AUDIT = "audit"  # the record of who looked at what


class Role(StrEnum):
    """What an account is for."""

    SCRAPER = "scraper"
    CONTRACTOR = "contractor"
    VIEWER = "viewer"
    OPERATOR = "operator"
    AUDITOR = "auditor"


ALLOWS: Mapping[Role, frozenset[Act]] = {
    Role.SCRAPER: frozenset({Act.SCRAPE}),
    Role.CONTRACTOR: frozenset({Act.LOOK, Act.NOTE}),
    Role.VIEWER: frozenset({Act.SCRAPE, Act.LOOK}),
    Role.OPERATOR: frozenset({Act.SCRAPE, Act.LOOK, Act.NOTE, Act.WORK}),
    Role.AUDITOR: frozenset({Act.SCRAPE, Act.LOOK, Act.AUDIT}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who proved who they are. `districts` None: the whole city. `until_wall_s` None: without an end."""

    name: str
    role: Role
    districts: frozenset[str] | None = None
    until_wall_s: float | None = None

    def has_ended(self, now_wall_s: float) -> bool:
        return self.until_wall_s is not None and now_wall_s >= self.until_wall_s

    def may(self, act: Act) -> bool:
        """Whether the role allows it; how far it reaches is another question."""
        return act in ALLOWS[self.role]


# where no passwords are asked for, whoever reaches the port may look; nobody is known, so nobody may change anything
NOBODY = Account(name="", role=Role.VIEWER)
