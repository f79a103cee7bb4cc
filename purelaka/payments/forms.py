"""The form with which staff give money back."""

from django import forms

from core.money import MINOR_UNITS
from payments.models import Payment


class RefundForm(forms.Form):
    """How much of a payment to give back, and whether the goods came back with it."""

    amount = forms.DecimalField(label="Amount in pounds", min_value=0, max_digits=12, decimal_places=2)
    goods_came_back = forms.BooleanField(
        label="The goods came back: put them into stock again",
        required=False,
        help_text="Only when all that is left is given back.",
    )

    def __init__(self, *args, payment: Payment, **kwargs):
        pounds, pence = divmod(payment.held_minor, MINOR_UNITS)
        super().__init__(*args, initial={"amount": f"{pounds}.{pence:02}"}, **kwargs)

    def amount_minor(self) -> int:
        """Return pence, once the form is valid."""
        return int(self.cleaned_data["amount"] * MINOR_UNITS)
