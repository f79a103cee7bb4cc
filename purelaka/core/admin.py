"""Administration pages that only show."""

from django.contrib import admin


class _ReadOnly:
    """Recorded facts are looked at and never edited."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, admin.ModelAdmin):
    """A model that the administration shows and cannot change."""


class ReadOnlyInline(_ReadOnly, admin.TabularInline):
    """Rows of another model that the administration shows and cannot change."""

    extra = 0
