"""The app for money that was taken and given back."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments, refunds and the Stripe events that brought them."""

    name = "payments"
