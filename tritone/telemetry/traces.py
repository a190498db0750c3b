"""OpenTelemetry traces, sent by OTLP over HTTP where an address for them is set.

Without one, nothing is recorded, but a caller's trace context still travels on to Triton.
https://opentelemetry.io/docs/specs/otlp/
"""

from collections.abc import Callable

from opentelemetry import trace

__all__ = ["configure"]


def configure(service: str, endpoint: str) -> Callable[[], None]:
    """Starts sending this process's spans.

    Args:
        service: the name under which they appear.
        endpoint: the collector, ``http://host:4318``; empty sends none.

    Returns:
        What to call at the end, so that the last spans get out.
    """
    if not endpoint:
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)
    return provider.shutdown
