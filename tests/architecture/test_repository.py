"""No file carries traces of the machine it was written on."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.services.processes import REPOSITORY

# The patterns are spelled so that they do not match themselves.
TRACES: Final = (
    re.compile(r"(?<![\w.*/-])/(?:root|work|home/[a-z]\w*|tmp/v|Users)/"),
    re.compile(r"\.py(?:env)/"),
    re.compile(r"\b(?:pypi|pythonhosted|npmjs|crates)\.(?:org|com|io)\b"),
    re.compile(r"\b(?:proxy\.golang|deb\.debian|repo1?\.maven(?:\.apache)?)\.org\b"),
)


def _texts() -> Iterator[tuple[Path, str]]:
    """Every text file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = REPOSITORY / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            yield Path(name), content.decode("utf-8", errors="replace")


def test_no_file_names_a_machine_or_a_registry() -> None:
    traces = [
        f"{path}:{number}: {found.group()}"
        for path, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        for pattern in TRACES
        if (found := pattern.search(line))
    ]

    assert not traces, "\n".join(traces)
