from django.urls import path, re_path

from apps.guidelines import public_views as views

app_name = "public"
LANGUAGE = r"^community-guidelines/(?P<language>[a-z]{2,3}(?:-[a-z]{2,4})?)/"
urlpatterns = [
    re_path(LANGUAGE + r"$", views.document, name="document"),
    re_path(LANGUAGE + r"changes\.rss$", views.feed, name="feed"),
    re_path(LANGUAGE + r"rules/(?P<code>[^/]+)/$", views.rule, name="rule"),
    re_path(LANGUAGE + r"versions/$", views.versions, name="versions"),
    re_path(LANGUAGE + r"versions/(?P<number>[^/]+)/$", views.version, name="version"),
    re_path(
        LANGUAGE + r"versions/(?P<number>[^/]+)/rules/(?P<code>[^/]+)/$",
        views.version_rule,
        name="version-rule",
    ),
    path("community-guidelines/", views.in_my_language, name="anywhere"),
    path("community-guidelines/<path:rest>", views.in_my_language, name="anywhere-page"),
]
