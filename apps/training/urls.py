from django.urls import path

from apps.training import calibration_views, module_views, people_views, rules_views, views

app_name = "training"
urlpatterns = [
    path("training/", views.home, name="home"),
    path("training/read/", views.read, name="read"),
    path("training/figures/<int:person_id>/", views.figures, name="figures"),
    path("training/modules/<int:module_id>/take/", views.take, name="take"),
    path("training/doing/<int:assignment_id>/", views.doing, name="doing"),
    path("training/doing/<int:assignment_id>/<int:position>/", views.explained, name="explained"),
    path("training/modules/", module_views.modules, name="modules"),
    path("training/modules/<int:module_id>/", module_views.module, name="module"),
    path("training/modules/<int:module_id>/cases/", module_views.add, name="add"),
    path(
        "training/modules/<int:module_id>/cases/<int:position>/take-out/",
        module_views.take_out,
        name="take_out",
    ),
    path("training/modules/<int:module_id>/publish/", module_views.publish, name="publish"),
    path("training/modules/<int:module_id>/retire/", module_views.retire, name="retire"),
    path("training/modules/<int:module_id>/give/", module_views.give, name="give"),
    path("training/people/", people_views.people, name="people"),
    path("training/people/<int:person_id>/", people_views.person, name="person"),
    path("training/people/<int:person_id>/certify/", people_views.certify, name="certify"),
    path("training/people/<int:person_id>/senior/", people_views.accompany, name="accompany"),
    path("training/certificates/<int:certificate_id>/end/", people_views.end, name="end"),
    path("training/calibrations/", calibration_views.calibrations, name="calibrations"),
    path("training/calibrations/<int:session_id>/", calibration_views.calibration, name="calibration"),
    path("training/calibrations/<int:session_id>/judge/", calibration_views.judge, name="judge"),
    path("training/calibrations/<int:session_id>/close/", calibration_views.close, name="close"),
    path("training/calibrations/<int:session_id>/remark/", calibration_views.remark, name="remark"),
    path("training/calibrations/<int:session_id>/ruling/", calibration_views.ruling, name="ruling"),
    path("quality/rules/", rules_views.rules, name="rules"),
    path("quality/rules/<str:code>/", rules_views.rule, name="rule"),
    path("quality/precedents/", rules_views.precedents, name="precedents"),
]
