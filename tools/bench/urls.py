"""The portal's addresses and the floor page."""

from django.urls import include, path

from tools.bench.floor import floor

urlpatterns = [path("floor/", floor, name="floor"), path("", include("wbl_portal.urls"))]
