"""The part of the catalogue that tells how what is pushed to others gets there: the context broker, the webhook."""

from netwatch.core.metric import Metric, Scope, gauge, total

OUTPUT_METRICS: tuple[Metric, ...] = (
    total(
        "netwatch_broker_entities_total",
        Scope.DAEMON,
        ("fate",),
        "Entities that went to the context broker: sent, deleted, or refused by it.",
    ),
    total(
        "netwatch_broker_requests_total",
        Scope.DAEMON,
        ("outcome",),
        "Requests to the context broker: ok, refused (wholly or in part), or failed, to be tried again.",
    ),
    gauge("netwatch_broker_queue_length", Scope.DAEMON, (), "Entities that wait to be sent to the context broker."),
    total(
        "netwatch_webhook_messages_total",
        Scope.DAEMON,
        ("outcome",),
        "Messages about faults: delivered, failed (and tried again), refused for what they are, dropped after 3 days.",
    ),
    gauge("netwatch_webhook_queue_length", Scope.DAEMON, (), "Messages about faults that wait to be delivered."),
    gauge(
        "netwatch_webhook_waiting_seconds",
        Scope.DAEMON,
        (),
        "For how long the oldest of them has waited; 0 where none waits.",
        "seconds",
    ),
)
