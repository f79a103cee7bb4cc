"""Roles come with the database, and open what they need."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission

from core.roles import ANALYST, OPS, ROLES, grant_roles
from core.tests.people import StoreTestCase

ORDERS, EVENTS, FIGURES = "/admin/orders/order/", "/admin/payments/stripeevent/", "/analytics/"
PRODUCTS = "/admin/catalogue/product/"


class EachRoleHasItsRooms(StoreTestCase):
    def rooms(self, user) -> list[int]:
        self.client.force_login(user)
        return [self.client.get(path).status_code for path in (PRODUCTS, ORDERS, EVENTS, FIGURES)]

    def test_the_administrator_enters_everywhere(self):
        self.assertEqual(self.rooms(self.ada), [200, 200, 200, 200])

    def test_the_ops_manager_sees_orders_events_and_figures(self):
        self.assertEqual(self.rooms(self.omar), [200, 200, 200, 200])

    def test_the_analyst_sees_figures_and_no_orders(self):
        self.assertEqual(self.rooms(self.ana), [200, 403, 403, 200])

    def test_customers_and_strangers_enter_no_room(self):
        for customer in (self.chloe, self.sam):
            self.assertEqual(self.rooms(customer.user), [302, 302, 302, 403])

    def test_nobody_edits_an_order_or_an_event_by_hand(self):
        order = self.paid_order()
        self.client.force_login(self.ada)
        self.assertEqual(self.client.get(f"{ORDERS}add/").status_code, 403)
        self.assertEqual(self.client.get(f"{EVENTS}add/").status_code, 403)
        self.assertEqual(self.client.post(f"{ORDERS}{order.pk}/change/", {"status": "paid"}).status_code, 403)
        self.assertEqual(self.client.post(f"{ORDERS}{order.pk}/delete/", {"post": "yes"}).status_code, 403)

    def test_every_permission_of_the_table_exists(self):
        for role, permissions in ROLES.items():
            granted = Group.objects.get(name=role).permissions.values_list(
                "content_type__app_label", "codename"
            )
            self.assertEqual({f"{app}.{codename}" for app, codename in granted}, set(permissions))

    def test_what_was_granted_by_hand_stays_and_what_was_taken_comes_back(self):
        group = Group.objects.get(name=OPS)
        extra = Permission.objects.get(codename="export_data")
        group.permissions.set([extra])
        grant_roles(sender=apps.get_app_config("core"))
        self.assertIn(extra, group.permissions.all())
        self.assertEqual(group.permissions.count(), len(ROLES[OPS]) + 1)
        self.assertEqual(Group.objects.get(name=ANALYST).permissions.count(), len(ROLES[ANALYST]))
