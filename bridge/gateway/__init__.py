"""The reference ha-gateway: ha.v1 over mutual TLS 1.3, in front of Home Assistant."""
