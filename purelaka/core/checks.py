"""What `manage.py check` finds in the store itself."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from core import generated, personal_data


@register()
def every_model_declares_its_personal_data(app_configs, **kwargs) -> list[CheckMessage]:
    """A model that says nothing about personal data would be missing in the inventory."""
    try:
        list(personal_data.holdings())
    except personal_data.NotDeclared as error:
        return [Error(problem, id="core.E001") for problem in str(error).splitlines()]
    return []


@register()
def documents_say_what_the_code_says(app_configs, **kwargs) -> list[CheckMessage]:
    """A table in a document must not lag behind. Where the store runs without its documents, none can."""
    from core.management.commands.write_tables import TABLES

    if settings.ENVIRONMENT != "dev":
        return []
    found = []
    for name, (document, table) in TABLES.items():
        try:
            if document.exists():
                generated.check(document, name, table())
        except (generated.OutOfStep, personal_data.NotDeclared) as error:
            found.append(Error(str(error), hint="Run `manage.py write_tables`.", id="core.E002"))
    return found
