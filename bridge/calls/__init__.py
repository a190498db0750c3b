"""What gRPC servers of ours share: what goes around a call, errors, health, credentials."""
