"""What is done for each kind of request: models called, and their answers put together."""
