"""The store as a Django project: its settings, addresses and entry points."""

from purelaka.celery import app as celery_app

__all__ = ("celery_app",)
