"""Documents of the outputs as whoever asks gets them: JSON, read back."""

import json

from netwatch.expose.api.encoding import pieces


def told(document):
    """The document after its way over the wire."""
    return json.loads(b"".join(pieces(document)))
