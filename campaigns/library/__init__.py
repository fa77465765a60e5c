"""Where brand managers keep templates and images."""
