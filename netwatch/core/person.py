"""What a person is called -> one spelling of it, whichever keyboard it was typed on.

Blanks around it and doubled ones do not count, nor does a letter's width (`ＫＩＭ`, or 한 as three jamo). Case does: to
Unix and to the pages, `Kim` and `kim` are two accounts, and may be two people.
"""

import unicodedata


def spelled(name: str) -> str:
    """The spelling that names are compared in, and put on record."""
    return name if name.isascii() and name.isalnum() else " ".join(unicodedata.normalize("NFKC", name).split())
