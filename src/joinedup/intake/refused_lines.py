"""Lines of a file that are no records, and why: nine bytes each, for a file may have millions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One physical line that is no record, and the rule that it fails."""

    line: int
    rule: str


@dataclass(slots=True)
class RefusedLines:
    """Refused lines in the order of the file."""

    _rules: list[str] = field(default_factory=list)
    _open: list[tuple[int, int]] = field(default_factory=list)
    _closed: list[tuple[NDArray[np.int64], NDArray[np.int8]]] = field(default_factory=list)

    def add(self, line: int, rule: str) -> None:
        """Note a line after those noted before."""
        if rule not in self._rules:
            self._rules.append(rule)
        self._open.append((line, self._rules.index(rule)))

    def close_block(self) -> None:
        """Pack what was added since the last time."""
        if self._open:
            lines, rules = zip(*self._open, strict=True)
            self._closed.append((np.array(lines, np.int64), np.array(rules, np.int8)))
            self._open = []

    def __len__(self) -> int:
        return sum(len(lines) for lines, _ in self._closed) + len(self._open)

    def __iter__(self) -> Iterator[RefusedLine]:
        self.close_block()
        for lines, rules in self._closed:
            for line, rule in zip(lines.tolist(), rules.tolist(), strict=True):
                yield RefusedLine(line, self._rules[rule])

    def counted(self) -> Iterator[tuple[str, int, int]]:
        """Each rule with how many lines failed it, and the first of them."""
        self.close_block()
        for place, rule in enumerate(self._rules):
            found = [lines[rules == place] for lines, rules in self._closed]
            yield rule, sum(map(len, found)), min(int(one[0]) for one in found if len(one))
