"""Who guesses passwords is stopped, and stops nobody else."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.test import override_settings

from core.access import client_address
from core.tests.people import StoreTestCase

FAST = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
WORDS = "-".join(("seven", "blue", "kettles"))
STORE, ADMIN = "/accounts/sign-in/", "/admin/login/"


@FAST
class SigningInIsThrottled(StoreTestCase):
    def setUp(self):
        for user in (self.chloe.user, self.sam.user, self.omar):
            user.set_password(WORDS)
            user.save()

    def sign_in(self, user, password: str, *, door: str = STORE, address: str = "192.0.2.1") -> int:
        self.client.logout()
        answers = {"username": user.get_username(), "password": password}
        return self.client.post(door, answers, REMOTE_ADDR=address).status_code

    def guess(self, times: int, **where) -> list[int]:
        return [self.sign_in(self.chloe.user, "guess", **where) for _ in range(times)]

    def test_the_fifth_wrong_password_closes_the_door_even_for_the_right_one(self):
        self.assertEqual(self.guess(5), [200, 200, 200, 200, 429])
        self.assertEqual(self.sign_in(self.chloe.user, WORDS), 429)

    def test_the_page_says_how_long(self):
        self.guess(5)
        page = self.client.post(STORE, {"username": self.chloe.user.username, "password": WORDS})
        self.assertEqual(page.status_code, 302)  # from another address
        self.client.logout()
        answers = {"username": self.chloe.user.username, "password": WORDS}
        page = self.client.post(STORE, answers, REMOTE_ADDR="192.0.2.1")
        self.assertContains(page, "Please wait a quarter of an hour", status_code=429)

    def test_after_a_quarter_of_an_hour_it_opens_again(self):
        self.guess(5)
        attempt = AccessAttempt.objects.get()
        AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=16))
        self.assertEqual(self.sign_in(self.chloe.user, WORDS), 302)

    def test_others_at_the_same_address_and_she_elsewhere_are_not_stopped(self):
        self.guess(5)
        self.assertEqual(self.sign_in(self.sam.user, WORDS), 302)
        self.assertEqual(self.sign_in(self.chloe.user, WORDS, address="192.0.2.2"), 302)

    def test_the_administration_counts_too(self):
        answers = [self.sign_in(self.omar, "guess", door=ADMIN) for _ in range(5)]
        self.assertEqual(answers, [200, 200, 200, 200, 429])
        self.assertEqual(self.sign_in(self.omar, WORDS, door=STORE), 429)

    def test_the_right_password_forgives_earlier_mistakes(self):
        self.guess(4)
        self.assertEqual(self.sign_in(self.chloe.user, WORDS), 302)
        self.assertEqual(self.guess(4), [200, 200, 200, 200])

    def test_only_the_proxys_own_word_names_another_address(self):
        request = self.client.get("/").wsgi_request
        request.META |= {"REMOTE_ADDR": "10.0.0.9", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 192.0.2.7"}
        for header in ("headers",):
            request.__dict__.pop(header, None)
        with override_settings(BEHIND_TLS_PROXY=False):
            self.assertEqual(client_address(request), "10.0.0.9")
        with override_settings(BEHIND_TLS_PROXY=True):
            self.assertEqual(client_address(request), "192.0.2.7")
