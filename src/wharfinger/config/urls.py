from django.urls import include, path

# /healthz is answered by config.hosts, before the host is looked at.
urlpatterns = [
    path("", include("wharfinger.web.urls")),
]
