"""The daemon's own metrics, kept by prometheus_client in a registry of our own; names come from the catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from netwatch.core.metrics import CATALOGUE, Metric, MetricType, Scope

Label = TypeVar("Label", bound=str)


class OwnMetrics(Collector):
    """One number per name and label values. `registry` is what `Pages` renders.

    prometheus_client's own Counter adds a `_created` gauge to each series, which no catalogue knows; a Collector
    over plain numbers does not, and one dict entry is all that counting costs.
    """

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        """`known`: family -> the values its one label can have. Their series exist at 0 from the start.

        A counter without labels exists at 0 too; a gauge is absent until it is set.
        """
        self._metrics = {metric.name: metric for metric in CATALOGUE if metric.scope is Scope.DAEMON}
        self._values: dict[str, dict[tuple[str, ...], float]] = {name: {} for name in self._metrics}
        for name, metric in self._metrics.items():
            if metric.type is MetricType.COUNTER and not metric.labels:
                self._values[name][()] = 0
        for name, values in known.items():
            self._values[name] = {self._key(name, (value,)): 0 for value in values}
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)

    def add(self, name: str, *labels: str, amount: float = 1) -> None:
        """Count. Raises LookupError for a name that is no counter of the daemon's, ValueError for wrong labels."""
        if self._metrics[name].type is not MetricType.COUNTER:
            raise LookupError(f"{name} is no counter")
        series, key = self._values[name], self._key(name, labels)
        series[key] = series.get(key, 0) + amount

    def set(self, name: str, value: float, *labels: str) -> None:
        """The present value. A counter kept elsewhere is set as well. Raises like `add`."""
        self._values[name][self._key(name, labels)] = value

    def set_each(self, name: str, counts: Mapping[Label, float]) -> None:
        """A family of one label whose values are counted elsewhere: each label value -> its number."""
        for value, count in counts.items():
            self.set(name, count, value)

    def get(self, name: str, *labels: str) -> float:
        """The value, 0 where the series does not exist."""
        return self._values[name].get(self._key(name, labels), 0)

    def collect(self) -> Iterator[Family]:
        """The families that have a series. Called by prometheus_client."""
        for name, series in self._values.items():
            if series:
                yield _family(self._metrics[name], series)

    def _key(self, name: str, labels: tuple[str, ...]) -> tuple[str, ...]:
        if len(labels) != len(self._metrics[name].labels):
            raise ValueError(f"{name} has the labels {self._metrics[name].labels}")
        return labels


def _family(metric: Metric, series: Mapping[tuple[str, ...], float]) -> Family:
    kind = CounterMetricFamily if metric.type is MetricType.COUNTER else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in series.items():
        family.add_metric(labels, value)
    return family
