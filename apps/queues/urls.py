from django.urls import path

from apps.queues.views import milestones, routing, setup

app_name = "queues"
urlpatterns = [
    path("queues/", setup.queues, name="queues"),
    path("queues/new/", setup.new_queue, name="new-queue"),
    path("queues/routing/", routing.routing, name="routing"),
    path("queues/routing/new/", routing.new_rule, name="new-rule"),
    path("queues/routing/order/", routing.order, name="order"),
    path("queues/routing/<int:rule_id>/", routing.rule, name="rule"),
    path("queues/milestones/", milestones.milestones, name="milestones"),
    path("queues/<slug:slug>/", setup.queue, name="queue"),
]
