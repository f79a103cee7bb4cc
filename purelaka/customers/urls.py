"""The addresses of accounts."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from customers import views
from customers.forms import SignInForm

app_name = "customers"
urlpatterns = [
    path(
        "sign-in/",
        LoginView.as_view(
            template_name="core/form.html",
            authentication_form=SignInForm,
            redirect_authenticated_user=True,
            extra_context={"heading": "Sign in", "action": "Sign in"},
        ),
        name="login",
    ),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("sign-up/", views.sign_up, name="sign-up"),
]
