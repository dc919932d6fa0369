"""How well a camera's clock can be known from one question."""

WHOLE_SECONDS = 0.5  # either way: ONVIF tells no parts of one
TOLD = 0.001  # pages tell milliseconds


def known_within_s(asked_s: float) -> float:
    """The most that an offset may be off, when the camera read its clock at any time of these seconds."""
    return WHOLE_SECONDS + asked_s / 2 + TOLD
