"""AIService: sentences come in over gRPC, and what was done in the house goes out."""
