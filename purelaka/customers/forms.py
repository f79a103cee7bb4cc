"""The forms with which a customer gets an account and signs in."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm
from django.db import transaction

from customers.models import Customer


class SignInForm(AuthenticationForm):
    """Asks for the e-mail address, in whatever case it is typed."""

    username = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )

    def clean_username(self) -> str:
        """Compare as it was stored: in lower case."""
        return self.cleaned_data["username"].lower()


class SignUpForm(BaseUserCreationForm):
    """Makes a user and its customer together, or neither."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    class Meta:
        model = get_user_model()
        fields = ("email",)

    field_order = ("name", "email", "password1", "password2")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["email"].label = "E-mail address"

    def clean_email(self) -> str:
        """Refuse an address that already has an account, however it is written."""
        email = self.cleaned_data["email"].lower()
        if get_user_model().objects.filter(username=email).exists():
            raise forms.ValidationError("This address already has an account. Sign in instead.")
        return email

    @transaction.atomic
    def save(self, commit: bool = True) -> Customer:
        """Store both and return the customer."""
        user = super().save(commit=False)
        user.username = user.email
        user.save()
        return Customer.objects.create(user=user, name=self.cleaned_data["name"])
