"""The doors for services: NATS JetStream, and gRPC."""
