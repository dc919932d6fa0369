"""Pages as the official parser reads them, and the fragments that they are made of."""

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from netwatch.expose.totals import Fragment


def samples_of(page: bytes) -> list[Sample]:
    """Every sample of a page; the parser raises on anything it does not accept."""
    return [sample for family in text_string_to_metric_families(page.decode()) for sample in family.samples]


def series_of(page: bytes) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """The identity of every sample: name and sorted labels."""
    return [(sample.name, tuple(sorted(sample.labels.items()))) for sample in samples_of(page)]


def values_of(page: bytes, name: str) -> list[float]:
    return [sample.value for sample in samples_of(page) if sample.name == name]


def text_of(fragment: Fragment, family: str) -> bytes:
    """The fragment's lines, as a page writes them out."""
    return fragment if isinstance(fragment, bytes) else fragment.fragment(family)
