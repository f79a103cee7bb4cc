"""The secret scan: every file looked at by kingfisher and by rules of our own, and shown to have been looked at."""
