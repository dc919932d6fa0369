"""Which netwatch this is. Apart from the other options because asking costs a quarter of what `check` takes in all."""

import platform
from importlib.metadata import version


def version_text() -> str:
    return f"netwatch {version('netwatch')} (Python {platform.python_version()})"
