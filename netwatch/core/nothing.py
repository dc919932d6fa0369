"""The mapping and the set without entries, as defaults of the frozen records."""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

NOBODY: frozenset[Any] = frozenset()
"""CPython makes a new one of 216 octets each time, and most sets of a city are empty: `frozenset(...) or NOBODY`."""


class Nothing(Mapping[Any, Any]):
    """Hashable, which a dataclass wants of a default and mappingproxy is from 3.12 on."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> NoReturn:  # noqa: ANN401  any key is as absent as any other
        raise KeyError(key)

    def get(self, _key: Any, default: Any = None, /) -> Any:  # noqa: ANN401  as above, and asked at every poll
        """The default."""
        return default

    def __contains__(self, _key: object) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __hash__(self) -> int:
        return hash(frozenset())

    def __repr__(self) -> str:
        return "{}"
