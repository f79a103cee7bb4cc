"""The people who buy."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Customer(models.Model):
    """One person with an account. The e-mail address is the user's name, in lower case."""

    PERSONAL_DATA: ClassVar = {
        "user": "Whose account it is",
        "name": "The name that the customer gave",
        "joined_at": "When the person joined",
    }

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="customer")
    name = models.CharField(max_length=120)
    joined_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
