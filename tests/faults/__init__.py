"""What breaks in the middle leaves nothing half-done."""
