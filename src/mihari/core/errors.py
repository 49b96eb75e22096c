"""What can go wrong that a user can mend. One sentence each, naming the file and what was expected; exit code 2."""

from __future__ import annotations


class MihariError(Exception):
    """Base of every error that is shown to the user as one sentence instead of a traceback."""


class BadInput(MihariError):
    """A file, an address or an argument that cannot be used as given."""


class ConfigError(BadInput):
    """A mistake in a configuration file.

    >>> print(ConfigError("node.toml", "sensor[0].lat_deg", "expected a number between -90 and 90, found 'x'"))
    node.toml: sensor[0].lat_deg: expected a number between -90 and 90, found 'x'
    >>> print(ConfigError("node.toml", "face.prt", "unknown key", line=7))
    node.toml:7: face.prt: unknown key
    """

    def __init__(self, file: str, key: str, problem: str, line: int | None = None) -> None:
        self.file, self.key, self.problem, self.line = file, key, problem, line
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {self.told}")

    @property
    def told(self) -> str:
        """The mistake without the file."""
        return f"{self.key}: {self.problem}" if self.key else self.problem


class FormatError(BadInput):
    """Bytes that do not follow their wire format; `reason` is a counted reason, `data` the offending bytes."""

    def __init__(self, reason: str, message: str, data: bytes = b"") -> None:
        self.reason, self.data = reason, data
        super().__init__(message)
