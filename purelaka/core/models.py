"""No models. Django sends post_migrate, which grants the roles, only to apps that have this module."""
