"""What is wrong with a policy file, all of it at once, each with file, key and reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Fault:
    """`key` is the place in the file, as in `monitoring.interval` or `step[2].actor`."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}"


class PolicyRefused(Exception):  # noqa: N818 - named for what happened
    """A file that is not a policy. `faults` holds every reason that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class Faults:
    """Collects faults while one file is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, key: str, reason: str) -> None:
        """Note a fault; the same one is noted once."""
        fault = Fault(self.file, key, reason)
        if fault not in self.found:
            self.found.append(fault)

    def unknown(self, key: str, word: str, known: Iterable[str], what: str) -> None:
        """Note a word that is not among the known ones, with the nearest that is."""
        near = get_close_matches(word, list(known), n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        self.add(key, f"“{word}” is not a known {what}.{hint}")
