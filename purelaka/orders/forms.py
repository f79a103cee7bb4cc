"""The form with which a customer orders."""

from django import forms

from catalogue.models import Product

MOST_OF_ONE = 99


class OrderForm(forms.Form):
    """One number a listed product; at least one of them must be more than zero."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.products = {product.slug: product for product in Product.objects.listed()}
        for slug, product in self.products.items():
            self.fields[slug] = forms.IntegerField(
                label=product.name, min_value=0, max_value=MOST_OF_ONE, required=False
            )

    def rows(self) -> list[tuple[Product, forms.BoundField]]:
        """Pair each product with its field, for the page."""
        return [(product, self[slug]) for slug, product in self.products.items()]

    def quantities(self) -> dict[Product, int]:
        """Return what was chosen, once the form is valid."""
        return {
            product: self.cleaned_data[slug]
            for slug, product in self.products.items()
            if self.cleaned_data[slug]
        }

    def clean(self) -> dict[str, int | None]:
        """Refuse an order of nothing."""
        cleaned = super().clean()
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError("Choose at least one product.")
        return cleaned
