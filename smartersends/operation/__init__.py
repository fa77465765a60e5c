"""What runs the portal: health, heartbeats, numbers, logs, reports of errors. It holds nothing of any person."""
