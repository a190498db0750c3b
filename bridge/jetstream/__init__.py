"""Requests that come over NATS JetStream."""
