"""Template filters of the store."""

from django import template

from core.money import format_money

register = template.Library()
register.filter("money", format_money)
