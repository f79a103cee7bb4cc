"""Staging settings: production's rules, and three differences.

Browsers are bound to TLS for an hour only, so that a mistake can be taken back. Every page says that it is
staging and asks search engines to stay away. seed_demo may fill the database.
"""

from purelaka.settings.production import *  # noqa: F403

ENVIRONMENT = "staging"
SECURE_HSTS_SECONDS = 60 * 60
