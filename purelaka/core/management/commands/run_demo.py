"""Run the whole demo: a seeded store, a stand-in for Stripe and a worker, with one command."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.demo import PEOPLE, email


class Command(BaseCommand):
    """Starts everything that docs/demo_walkthrough.md needs, and ends it with Ctrl-C."""

    help = "Run the demo: migrate, seed, serve, with a stand-in for Stripe and a worker. Ctrl-C ends it."
    # The database may not be there yet.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the ports, the sizes and the folder."""
        parser.add_argument("--port", type=int, default=8000, help="the store's port (default: 8000)")
        parser.add_argument("--standin-port", type=int, default=8001, help="the stand-in's (default: 8001)")
        parser.add_argument("--customers", default="40", help="so many customers (default: 40)")
        parser.add_argument("--orders", default="600", help="so many orders (default: 600)")
        parser.add_argument(
            "--folder", type=Path, help="where the database lies (default: a temporary folder)"
        )

    def handle(self, **options) -> None:
        """Refuse anything but development, then run until somebody ends it."""
        if settings.ENVIRONMENT != "dev":
            raise CommandError("The demo is for development.")
        # Whoever ends this process ends all of the demo.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with tempfile.TemporaryDirectory(prefix="purelaka-demo-") as scratch:
            folder = (options["folder"] or Path(scratch)).resolve()
            password = secrets.token_urlsafe(9)
            environment = self.environment(folder, password, options["standin_port"])
            manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
            sizes = ["--customers", options["customers"], "--orders", options["orders"]]
            for command in (["migrate", "--verbosity", "0"], ["seed_demo", *sizes]):
                subprocess.run([*manage, *command], env=environment, check=True)
            self.introduce(options["port"], password)
            webhook = f"http://127.0.0.1:{options['port']}/payments/stripe/webhook/"
            self.serve(
                (
                    [*manage, "runserver", "--noreload", "--insecure", f"127.0.0.1:{options['port']}"],
                    [*manage, "stripe_standin", "--port", str(options["standin_port"]), "--webhook", webhook],
                    [sys.executable, "-m", "celery", "-A", "purelaka", "worker", "--pool", "solo"],
                ),
                environment,
            )

    def environment(self, folder: Path, password: str, standin_port: int) -> dict[str, str]:
        """Make up everything that is secret, for this run only."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "purelaka.settings.dev",
            "DATABASE_URL": f"sqlite:///{(folder / 'demo.sqlite3').as_posix()}".replace("+", "%2B"),
            # As customers see it: with the store's own pages for what is missing, and a log.
            "DEBUG": "false",
            "LOG_LEVEL": "INFO",
            "DEMO_PASSWORD": password,
            "STRIPE_API_BASE": f"http://127.0.0.1:{standin_port}",
            "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
            "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        }

    def introduce(self, port: int, password: str) -> None:
        """Say who may sign in."""
        people = [*((role, email(account)) for _, account, role in PEOPLE), ("customer", email("chloe"))]
        for role, address in people:
            self.stdout.write(f"{role}: {address}")
        self.stdout.write(f"password of all of them: {password}")
        self.stdout.write(f"store: http://127.0.0.1:{port}/")
        self.stdout.flush()

    def serve(self, commands: tuple[list[str], ...], environment: dict[str, str]) -> None:
        """Run the parts until one of them ends, which is a failure, or somebody ends them all."""
        parts = [
            subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL)
            for command in commands
        ]
        try:
            parts[0].wait()
        except KeyboardInterrupt:
            self.stdout.write("The demo has ended.")
        else:
            raise CommandError(f"The store ended by itself ({parts[0].returncode}). Is its port in use?")
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                part.wait()
