from django.urls import include, path

handler400 = "wharfinger.web.views.installation.errors.bad_request"
handler403 = "wharfinger.web.views.installation.errors.forbidden"
handler404 = "wharfinger.web.views.installation.errors.not_found"
handler500 = "wharfinger.web.views.installation.errors.broken"

# /healthz, /health/… and /metrics are answered by config.hosts, before the host is looked at.
urlpatterns = [
    path("", include("wharfinger.web.urls")),
]
