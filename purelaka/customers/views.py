"""Getting an account. Signing in and out are Django's own views."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from customers.forms import SignUpForm

# A new account has just proved that it knows its password; there is nothing to throttle.
PASSWORDS = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account and sign its owner in."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        customer = form.save()
        login(request, customer.user, backend=PASSWORDS)
        return redirect("orders:place")
    page = {"form": form, "heading": "Create an account", "action": "Create the account"}
    return render(request, "core/form.html", page)
