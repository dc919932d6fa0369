"""What a verification found: findings, and how far the rows are attested by what."""

from dataclasses import dataclass, field

from netwatch.audit.checkpoint import Checkpoint

MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. `row` is the first that it is about, None where it is about none."""

    text: str
    row: int | None = None
    is_exact: bool = True  # else it is one of the rows from there on


@dataclass(slots=True, kw_only=True)
class Report:
    """What was found. `attested` and `attested_elsewhere` are the newest checkpoints that the rows agree with."""

    rows: int = 0
    first_recorded_wall_s: float | None = None
    last_recorded_wall_s: float | None = None
    root: bytes = b""
    findings: list[Finding] = field(default_factory=list)
    left_out: int = 0  # findings beyond MOST_FINDINGS
    keys: list[str] = field(default_factory=list)  # public, hex, in the order of their rows
    checked: int = 0  # checkpoints that the rows agree with
    pruned: int = 0  # rows that are gone by what the settings keep; `rows` counts them
    beyond: int = 0  # checkpoints over rows of which some or all are gone: nothing can be held against them
    annexes: int = 0  # that are what their rows were written for
    attested: Checkpoint | None = None
    attested_elsewhere: Checkpoint | None = None

    def found(self, text: str, row: int | None = None, *, is_exact: bool = True) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(text=text, row=row, is_exact=is_exact))
        else:
            self.left_out += 1
