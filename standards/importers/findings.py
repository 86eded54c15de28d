"""What is wrong with a file, and what is only worth saying."""

from collections.abc import Iterable

from standards.actions import Finding

QUOTED_LENGTH = 60


class FrameworkRefused(Exception):
    """The file cannot be imported. `faults` are all of them, in the order of the lines."""

    def __init__(self, faults: Iterable[Finding]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line or 0)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Findings:
    """Collects while a file is read."""

    def __init__(self) -> None:
        self.faults: list[Finding] = []
        self.warnings: list[Finding] = []

    def fault(self, line: int | None, text: str) -> None:
        self.faults.append(Finding(line, text))

    def warn(self, line: int | None, text: str) -> None:
        self.warnings.append(Finding(line, text))

    def refuse_if_any(self) -> None:
        """Raises FrameworkRefused when there is a fault."""
        if self.faults:
            raise FrameworkRefused(self.faults)


def refused(line: int | None, text: str) -> FrameworkRefused:
    """A refusal for one fault after which nothing else can be said."""
    return FrameworkRefused([Finding(line, text)])


def quoted(text: str) -> str:
    """A value of the file for a message: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED_LENGTH else line[: QUOTED_LENGTH - 1] + "…"
