from django.urls import include, path

from wharfinger.config.health import answer_health

urlpatterns = [
    path("healthz", answer_health),
    path("", include("wharfinger.web.urls")),
]
