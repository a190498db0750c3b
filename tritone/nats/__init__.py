"""The platform's messages over NATS: subjects, MessagePack structs, streams, a client."""
