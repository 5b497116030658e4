from django.urls import path

from apps.guidelines import review_views, writing_views

app_name = "writing"
DRAFT = "guidelines/versions/<str:number>"
urlpatterns = [
    path("guidelines/drafts/", writing_views.new_draft, name="new"),
    path("guidelines/load/", writing_views.load, name="load"),
    path("guidelines/compare/", review_views.compare, name="compare"),
    path("guidelines/notices/<int:notice_id>/seen/", review_views.notice_seen, name="notice-seen"),
    path(f"{DRAFT}/yaml/", review_views.yaml, name="yaml"),
    path(f"{DRAFT}/edit/", writing_views.outline, name="outline"),
    path(f"{DRAFT}/edit/discard/", writing_views.discard, name="discard"),
    path(f"{DRAFT}/edit/undo/", writing_views.step_back, {"way": "undo"}, name="undo"),
    path(f"{DRAFT}/edit/redo/", writing_views.step_back, {"way": "redo"}, name="redo"),
    path(f"{DRAFT}/edit/order/", writing_views.order, name="order"),
    path(f"{DRAFT}/edit/add/", writing_views.add, name="add"),
    path(f"{DRAFT}/edit/merge/", writing_views.merge, name="merge"),
    path(f"{DRAFT}/edit/head/", writing_views.head, name="head"),
    path(f"{DRAFT}/edit/policies/<uuid:identity>/", writing_views.policy, name="policy"),
    path(f"{DRAFT}/edit/policies/<uuid:identity>/delete/", writing_views.delete_policy, name="delete-policy"),
    path(f"{DRAFT}/edit/rules/<uuid:identity>/", writing_views.rule, name="rule"),
    path(f"{DRAFT}/edit/rules/<uuid:identity>/retire/", writing_views.retire, name="retire"),
    path(f"{DRAFT}/edit/rules/<uuid:identity>/restore/", writing_views.restore, name="restore"),
    path(f"{DRAFT}/review/", review_views.review, name="review"),
    path(f"{DRAFT}/review/comment/", review_views.comment, name="comment"),
    path(f"{DRAFT}/review/comments/<int:comment_id>/resolve/", review_views.resolve, name="resolve"),
    *(
        path(f"{DRAFT}/review/{what}/", review_views.act, {"what": what}, name=what)
        for what in review_views.ACTS
    ),
    path(f"{DRAFT}/publish/", review_views.publish, name="publish"),
]
