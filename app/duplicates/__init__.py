"""What stands twice in the directory: a queue that a person works through, merging, and undoing it."""
