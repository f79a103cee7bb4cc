"""The store's roles: which group may do what. The table is the only place to change that."""

from django.apps import apps
from django.db.models import Q

ADMIN, OPS, ANALYST = "admin", "ops", "analyst"

OPERATIONS = (
    "catalogue.adjust_stock",
    "catalogue.view_stockmovement",
    "orders.view_order",
    "orders.view_orderline",
    "orders.cancel_order",
    "payments.view_payment",
    "payments.view_refund",
    "payments.view_refundrequest",
    "payments.refund_payment",
    "payments.view_stripeevent",
    "payments.retry_stripeevent",
    "jobs.view_jobrun",
    "jobs.rerun_job",
)

ROLES = {
    ADMIN: (
        *(f"catalogue.{action}_product" for action in ("view", "add", "change", "delete")),
        *(f"customers.{action}_customer" for action in ("view", "change")),
        *OPERATIONS,
        "analyticsapp.view_dailysnapshot",
        "analyticsapp.export_data",
    ),
    OPS: (
        *(f"catalogue.{action}_product" for action in ("view", "add", "change")),
        "customers.view_customer",
        *OPERATIONS,
        "analyticsapp.view_dailysnapshot",
    ),
    ANALYST: (
        "catalogue.view_product",
        "jobs.view_jobrun",
        "analyticsapp.view_dailysnapshot",
        "analyticsapp.export_data",
    ),
}


def grant_roles(using: str = "default", **kwargs: object) -> None:
    """Create each role's group and give it what the table says. What someone added by hand stays."""
    group_model, permission_model = apps.get_model("auth.Group"), apps.get_model("auth.Permission")
    for role, permissions in ROLES.items():
        group, _ = group_model.objects.using(using).get_or_create(name=role)
        wanted = Q()
        for permission in permissions:
            app_label, codename = permission.split(".")
            wanted |= Q(content_type__app_label=app_label, codename=codename)
        group.permissions.add(*permission_model.objects.using(using).filter(wanted))
