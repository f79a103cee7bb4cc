"""Customers in the administration."""

from django.contrib import admin

from customers.models import Customer


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    """Staff find a customer and correct a name. Accounts are made by their owners."""

    list_display = ("name", "user", "joined_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    readonly_fields = ("user", "joined_at")

    def has_add_permission(self, request) -> bool:
        """Nobody signs up for somebody else."""
        return False
