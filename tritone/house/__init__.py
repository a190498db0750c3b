"""Homes that can be looked at and changed: one port, an adapter for each way to reach one."""
