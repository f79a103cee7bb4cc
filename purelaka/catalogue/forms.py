"""The form with which staff change the stock."""

from django import forms

from catalogue.models import Product, Reason


class StockForm(forms.Form):
    """How many came in, or how many more or fewer a count found."""

    reason = forms.ChoiceField(
        choices=[(reason.value, reason.label) for reason in (Reason.RECEIVED, Reason.COUNTED)]
    )
    quantity = forms.IntegerField(
        min_value=-100_000, max_value=100_000, help_text="A count that found fewer is written with a minus."
    )

    def __init__(self, *args, product: Product, **kwargs):
        super().__init__(*args, **kwargs)
        self.product = product

    def clean(self) -> dict[str, object]:
        """Refuse no change, receiving less than nothing, and counting what cannot be."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        quantity = cleaned["quantity"]
        if quantity == 0 or (quantity < 0 and cleaned["reason"] == Reason.RECEIVED):
            self.add_error("quantity", "Write how many came in, as a number above zero.")
        elif quantity < 0 and self.product.stock + quantity < 0:
            self.add_error("quantity", f"There are only {self.product.stock} in stock.")
        return cleaned
