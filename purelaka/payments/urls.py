"""The addresses of payments."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("stripe/webhook/", views.stripe_webhook, name="stripe-webhook"),
    path("pay/<str:reference>/", views.pay, name="pay"),
    path("<int:pk>/refund/", views.refund, name="refund"),
    path("refunds/<int:pk>/send-again/", views.send_again, name="send-again"),
]
