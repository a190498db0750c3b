"""Who may come in, and when. `edge.middleware.protection` is what the application uses."""
