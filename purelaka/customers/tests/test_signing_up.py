"""Anybody can get an account, once."""

from django.contrib.auth import get_user_model
from django.test import override_settings

from core.tests.people import StoreTestCase
from customers.models import Customer

FAST = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


@FAST
class SigningUp(StoreTestCase):
    def sign_up(self, **changes):
        words = "-".join(("seven", "blue", "kettles"))
        answers = {
            "name": "Nora Novak",
            "email": "nora@purelaka.example",
            "password1": words,
            "password2": words,
        }
        return self.client.post("/accounts/sign-up/", answers | changes)

    def test_a_newcomer_gets_an_account_and_is_signed_in(self):
        self.assertRedirects(self.sign_up(), "/orders/new/")
        nora = Customer.objects.get(name="Nora Novak")
        self.assertEqual(nora.user.username, "nora@purelaka.example")
        self.assertFalse(nora.user.is_staff)

    def test_she_signs_in_with_her_address_in_any_case(self):
        self.sign_up()
        self.client.logout()
        answers = {"username": "Nora@Purelaka.Example", "password": "-".join(("seven", "blue", "kettles"))}
        self.assertRedirects(self.client.post("/accounts/sign-in/", answers), "/orders/")

    def test_an_address_has_one_account_however_it_is_written(self):
        page = self.sign_up(email="CHLOE@purelaka.example")
        self.assertContains(page, "This address already has an account.")
        self.assertFalse(Customer.objects.filter(name="Nora Novak").exists())

    def test_a_weak_password_is_refused(self):
        page = self.sign_up(password1="12345", password2="12345")
        self.assertContains(page, "This password is too short.")
        self.assertFalse(get_user_model().objects.filter(email="nora@purelaka.example").exists())

    def test_a_wrong_password_does_not_sign_in(self):
        self.sign_up()
        self.client.logout()
        page = self.client.post(
            "/accounts/sign-in/", {"username": "nora@purelaka.example", "password": "guess"}
        )
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_signing_out_takes_a_form_and_not_a_link(self):
        self.client.force_login(self.chloe.user)
        self.assertEqual(self.client.get("/accounts/sign-out/").status_code, 405)
        self.assertRedirects(self.client.post("/accounts/sign-out/"), "/")
