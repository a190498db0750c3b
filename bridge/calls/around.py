"""An interceptor that goes around calls of any kind, and readers of requests that never raise."""

import abc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

import grpc

__all__ = ["Around", "Context", "Unreadable"]

# As texts: the stubs know parameters, the classes do not.
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
_Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """In place of a request whose bytes are no message."""

    reason: str


class Around(grpc.aio.ServerInterceptor, abc.ABC):
    """See the module. Calls that stream answers must be asynchronous generators."""

    @abc.abstractmethod
    def around(
        self, method: str, request: Any, context: Context
    ) -> AbstractAsyncContextManager[None]:
        """What a call runs in.

        Args:
            method: ``/ai.v1.AIService/Query``.
            request: the message, `Unreadable`, or an iterator of messages.
            context: of the call.
        """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], "Awaitable[_Handler | None]"],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "_Handler | None":
        """The handler of a call, with this around it."""
        inner: Any = await continuation(handler_call_details)
        if inner is None:  # gRPC answers UNIMPLEMENTED
            return None
        method = handler_call_details.method

        async def answer(request: Any, context: Context) -> Any:
            async with self.around(method, request, context):
                return await inner.unary_unary(request, context)

        async def answers(request: Any, context: Context) -> AsyncIterator[Any]:
            call = inner.stream_stream or inner.unary_stream
            async with self.around(method, request, context):
                async for each in call(request, context):
                    yield each

        how: dict[str, Any] = {
            "request_deserializer": _reader(inner.request_deserializer),
            "response_serializer": inner.response_serializer,
        }
        if not inner.response_streaming:
            return grpc.unary_unary_rpc_method_handler(answer, **how)
        if inner.request_streaming:
            return grpc.stream_stream_rpc_method_handler(answers, **how)
        return grpc.unary_stream_rpc_method_handler(answers, **how)


def _reader(read: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """A reader of requests. gRPC would answer what one raises with UNKNOWN, and its text."""

    def reading(data: bytes) -> Any:
        try:
            return read(data)
        except Exception as error:  # noqa: BLE001 - each message library has its own
            return Unreadable(str(error))

    return reading
