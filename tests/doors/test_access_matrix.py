"""Every address, every role: what each gets, written by hand.

A new address without a line here fails `test_every_address_has_a_line`. A line is a method, an address and
one expected status for somebody signed out and for each role. 302 for the signed-out leads to the sign-in page;
`pub` leads to the public site;
403 is the refusal in words. Where a role may enter, the status is what a form without its fields gets there: 404, 409 and
a way back (302) say that the door was open and the thing was not there. `tests/doors` and the rooms' own tests say what happens
behind a door.
"""

import re
from collections.abc import Iterator

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, resolve

from apps.accounts.models import Role, User
from apps.guidelines.operations import open_draft
from tests import make
from tests.conftest import person
from tests.patience import PATIENCE

WHO = ("out", "moderator", "senior", "policy", "supervisor", "wellbeing", "legal", "admin")

TABLE = """
#                                                          out mod sen pol sup wel leg adm
# The house
GET  /                                                     302 302 302 302 302 302 302 302
GET  /healthz                                              200 200 200 200 200 200 200 200
GET  /readyz                                               rdy rdy rdy rdy rdy rdy rdy rdy
GET  /metrics                                              200 200 200 200 200 200 200 200

# Signing in and out; everything else of the package is closed
GET  /account/login/                                       200 302 302 302 302 302 302 302
POST /account/login/                                       200 302 302 302 302 302 302 302
GET  /account/logout/                                      302 200 200 200 200 200 200 200
GET  /account/reauthenticate/                              302 200 200 200 200 200 200 200
GET  /account/inactive/                                    302 403 403 403 403 403 403 403
GET  /account/signup/                                      302 403 403 403 403 403 403 403
POST /account/signup/                                      302 403 403 403 403 403 403 403
GET  /account/email/                                       302 403 403 403 403 403 403 403
GET  /account/confirm-email/                               302 403 403 403 403 403 403 403
GET  /account/confirm-email/abc/                           302 403 403 403 403 403 403 403
GET  /account/password/change/                             302 200 200 200 200 200 200 200
POST /account/password/change/                             302 200 200 200 200 200 200 200
GET  /account/password/set/                                302 403 403 403 403 403 403 403
GET  /account/password/reset/                              302 403 403 403 403 403 403 403
POST /account/password/reset/                              302 403 403 403 403 403 403 403
GET  /account/password/reset/done/                         302 403 403 403 403 403 403 403
GET  /account/password/reset/key/1-abc/                    302 403 403 403 403 403 403 403
GET  /account/password/reset/key/done/                     302 403 403 403 403 403 403 403
GET  /account/login/code/confirm/                          302 403 403 403 403 403 403 403

# The machine doors: a session opens none of them
GET  /api/v1/openapi.json                                  200 200 200 200 200 200 200 200
GET  /api/v1/docs                                          200 200 200 200 200 200 200 200
GET  /api/v1/                                              404 404 404 404 404 404 404 404
GET  /api/v1/nothing/here                                  404 404 404 404 404 404 404 404
PUT  /api/v1/items                                         401 401 401 401 401 401 401 401
GET  /api/v1/items/demo/post-1                             401 401 401 401 401 401 401 401
POST /api/v1/reports                                       401 401 401 401 401 401 401 401
POST /api/v1/flags                                         401 401 401 401 401 401 401 401
POST /api/v1/views                                         401 401 401 401 401 401 401 401
POST /api/v1/bulk                                          401 401 401 401 401 401 401 401
POST /api/v1/items/erase                                   401 401 401 401 401 401 401 401
POST /api/v1/uploads                                       401 401 401 401 401 401 401 401
POST /api/v1/enforcements/1/effective                      401 401 401 401 401 401 401 401
GET  /api/v1/decisions                                     401 401 401 401 401 401 401 401
POST /api/v1/appeals                                       401 401 401 401 401 401 401 401
GET  /api/v1/accounts/demo/user-1                          401 401 401 401 401 401 401 401
POST /api/v1/law-notices                                   401 401 401 401 401 401 401 401
GET  /api/v1/law-notices/1                                 401 401 401 401 401 401 401 401
POST /api/v1/law-contests                                  401 401 401 401 401 401 401 401
GET  /api/v1/law-contests/1                                401 401 401 401 401 401 401 401
GET  /api/v1/appeals/1                                     401 401 401 401 401 401 401 401
POST /api/v1/osprey/results                                401 401 401 401 401 401 401 401
GET  /api/v1/osprey/actions                                401 401 401 401 401 401 401 401
GET  /api/v1/banks                                         401 401 401 401 401 401 401 401
POST /api/v1/banks/1/entries                               401 401 401 401 401 401 401 401
POST /api/v1/banks/1/load                                  401 401 401 401 401 401 401 401
POST /api/v1/bank-entries/1/opinions                       401 401 401 401 401 401 401 401
DELETE /api/v1/bank-entries/1/opinions                     401 401 401 401 401 401 401 401
POST /api/v1/bank-lookups                                  401 401 401 401 401 401 401 401
GET  /api/v1/stats                                         401 401 401 401 401 401 401 401
GET  /api/v1/guidelines                                    401 401 401 401 401 401 401 401
GET  /api/v1/guidelines/1.1.0                              401 401 401 401 401 401 401 401
GET  /api/v1/rules/VX-1                                    401 401 401 401 401 401 401 401
GET  /api/v1/people/M-1/availability                       401 401 401 401 401 401 401 401
GET  /api/v1/people/M-1/exposure                           401 401 401 401 401 401 401 401

# Detectors: those who mind them
GET  /detectors/                                           302 403 403 200 200 403 403 200
GET  /detectors/modes/                                     302 403 403 200 200 403 403 200
POST /detectors/modes/                                     302 403 403 422 422 403 403 422
GET  /detectors/exploration/                               302 403 403 200 200 403 403 200
POST /detectors/exploration/plan/                          302 403 403 422 422 403 403 422
GET  /detectors/changes/1/                                 302 403 403 404 404 403 403 404
POST /detectors/changes/1/settle/                          302 403 403 404 404 403 403 404
GET  /detectors/card/AU-4/net/                             302 403 403 404 404 403 403 404
GET  /detectors/propose/AU-4/net/                          302 403 403 404 404 403 403 404
POST /detectors/propose/AU-4/net/                          302 403 403 404 404 403 403 404

# Guidelines: everyone reads, those who write publish
GET  /guidelines/                                          302 200 200 200 200 200 200 200
GET  /guidelines/rules/VX-1/                               302 200 200 200 200 200 200 200
GET  /guidelines/versions/                                 302 200 200 200 200 200 200 200
GET  /guidelines/versions/1.1.0/                           pub 200 200 200 200 200 200 200
GET  /guidelines/versions/1.1.0/rules/VX-1/                pub 200 200 200 200 200 200 200
GET  /guidelines/compare/                                  302 200 200 200 200 200 200 200
GET  /guidelines/versions/1.1.0/yaml/                      302 200 200 200 200 200 200 200

# Writing them: those who write; a draft is not there for anybody else
POST /guidelines/drafts/                                   302 403 403 302 403 403 403 302
GET  /guidelines/load/                                     302 403 403 200 403 403 403 200
POST /guidelines/load/                                     302 403 403 422 403 403 403 422
POST /guidelines/notices/1/seen/                           302 403 403 302 403 403 403 302
GET  /guidelines/versions/1.2.0/                           pub 404 404 200 404 404 404 200
GET  /guidelines/versions/1.2.0/yaml/                      302 404 404 200 404 404 404 200
GET  /guidelines/versions/1.1.0/edit/                      302 403 403 404 403 403 403 404
GET  /guidelines/versions/1.2.0/edit/                      302 403 403 200 403 403 403 200
POST /guidelines/versions/1.2.0/edit/discard/              302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/edit/undo/                 302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/edit/redo/                 302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/edit/order/                302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/edit/add/                  302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/edit/merge/                302 403 403 404 403 403 403 404
GET  /guidelines/versions/1.2.0/edit/head/                 302 403 403 200 403 403 403 200
GET  /guidelines/versions/1.2.0/edit/policies/00000000-0000-0000-0000-000000000000/ 302 403 403 404 403 403 403 404
POST /guidelines/versions/1.2.0/edit/policies/00000000-0000-0000-0000-000000000000/delete/ 302 403 403 302 403 403 403 302
GET  /guidelines/versions/1.2.0/edit/rules/00000000-0000-0000-0000-000000000000/ 302 403 403 404 403 403 403 404
GET  /guidelines/versions/1.2.0/edit/rules/00000000-0000-0000-0000-000000000000/retire/ 302 403 403 404 403 403 403 404
POST /guidelines/versions/1.2.0/edit/rules/00000000-0000-0000-0000-000000000000/restore/ 302 403 403 404 403 403 403 404
GET  /guidelines/versions/1.2.0/review/                    302 403 403 200 403 403 403 200
POST /guidelines/versions/1.2.0/review/comment/            302 403 403 422 403 403 403 422
POST /guidelines/versions/1.2.0/review/comments/1/resolve/ 302 403 403 404 403 403 403 404
POST /guidelines/versions/1.2.0/review/ask/                302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/review/back/               302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/review/approve/            302 403 403 409 403 403 403 409
POST /guidelines/versions/1.2.0/review/withdraw/           302 403 403 404 403 403 403 404
POST /guidelines/versions/1.2.0/review/call-off/           302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/review/update/             302 403 403 302 403 403 403 302
POST /guidelines/versions/1.2.0/review/emergency/          302 403 403 422 403 403 403 422
POST /guidelines/versions/1.2.0/review/confirm/            302 403 403 409 403 403 403 409
POST /guidelines/versions/1.2.0/publish/                   302 403 403 422 403 403 403 422
GET  /guidelines/versions/1.2.0/impact/                    302 403 403 200 403 403 403 200
POST /guidelines/versions/1.2.0/replays/                   302 403 403 302 403 403 403 302

# Replays of past cases: those who moderate and those who write
GET  /guidelines/replays/                                  302 200 200 200 403 403 403 200
GET  /guidelines/replays/1/                                302 404 404 404 403 403 403 404
POST /guidelines/replays/1/judge/                          302 404 404 404 403 403 403 404
POST /guidelines/replays/1/close/                          302 403 403 404 403 403 403 404

# Translations: those who write, and those who moderate; who may do what with a text depends on her languages
GET  /guidelines/translations/                             302 200 200 200 403 403 403 200
GET  /guidelines/translations/km/                          302 200 200 200 403 403 403 200
GET  /guidelines/translations/km/rule/VX-1/                302 200 200 200 403 403 403 200
POST /guidelines/translations/km/rule/VX-1/                302 403 422 422 403 403 403 422
POST /guidelines/translations/1/reviewed/                  302 404 404 404 403 403 403 404

# The public site: anybody, signed in or not
GET  /community-guidelines/                                pub pub pub pub pub pub pub pub
GET  /community-guidelines/versions/1.1.0/                 pub pub pub pub pub pub pub pub
GET  /community-guidelines/en/                             200 200 200 200 200 200 200 200
GET  /community-guidelines/en/rules/VX-1/                  200 200 200 200 200 200 200 200
GET  /community-guidelines/en/versions/                    200 200 200 200 200 200 200 200
GET  /community-guidelines/en/versions/1.1.0/              200 200 200 200 200 200 200 200
GET  /community-guidelines/en/versions/1.1.0/rules/VX-1/   200 200 200 200 200 200 200 200
GET  /community-guidelines/en/changes.rss                  200 200 200 200 200 200 200 200
POST /community-guidelines/en/                             405 405 405 405 405 405 405 405

# How rules fare: those who write them
GET  /guidelines/in-use/                                   302 403 403 200 403 403 403 200
GET  /guidelines/rules/VX-1/in-use/                        302 403 403 200 403 403 403 200
GET  /guidelines/rules/VX-1/examples/1/                    302 403 403 404 403 403 403 404
POST /guidelines/rules/VX-1/examples/1/                    302 403 403 404 403 403 403 404

# The desk: those who moderate
GET  /desk/                                                302 200 200 403 403 403 403 403
GET  /desk/rules                                           302 200 200 403 403 403 403 403
POST /desk/rules/VX-1/unclear                              302 302 302 403 403 403 403 403
POST /desk/briefing/1.1.0/read                             302 302 302 403 403 403 403 403
GET  /desk/checks/                                         302 200 200 403 403 403 403 403
GET  /desk/checks/VX-1/                                    302 404 404 403 403 403 403 403
POST /desk/checks/VX-1/                                    302 404 404 403 403 403 403 403
POST /desk/shift/start                                     302 302 302 403 403 403 403 403
POST /desk/shift/end                                       302 302 302 403 403 403 403 403
POST /desk/break/start                                     302 302 302 403 403 403 403 403
POST /desk/break/end                                       302 302 302 403 403 403 403 403
POST /desk/next                                            302 302 302 403 403 403 403 403
POST /desk/stop                                            302 200 200 200 200 200 200 200
POST /desk/rest                                            302 302 302 403 403 403 403 403
POST /desk/claims/1/decide                                 302 409 409 403 403 403 403 403
POST /desk/claims/1/skip                                   302 409 409 403 403 403 403 403
POST /desk/claims/1/escalate                               302 409 409 403 403 403 403 403
POST /desk/claims/1/release                                302 409 409 403 403 403 403 403
POST /desk/claims/1/first-choice                           302 204 204 403 403 403 403 403
POST /desk/claims/1/heartbeat                              302 409 409 403 403 403 403 403
POST /desk/claims/1/show                                   302 409 409 403 403 403 403 403
POST /desk/decisions/1/undo                                302 302 302 403 403 403 403 403
GET  /desk/claims/1/media/0/original                       302 404 404 403 403 403 403 403
GET  /media/1/original                                     302 404 404 403 403 403 403 403

# Training: one's own for those who moderate; modules, people and calibrations for those who make and give them
GET  /training/                                            302 200 200 200 200 403 403 403
POST /training/read/                                       302 302 302 403 403 403 403 403
GET  /training/figures/0/                                  302 404 404 403 403 403 403 403
GET  /training/figures/{moderator}/                        302 200 404 403 403 403 403 403
POST /training/modules/0/take/                             302 404 404 403 403 403 403 403
GET  /training/doing/0/                                    302 404 404 403 403 403 403 403
POST /training/doing/0/                                    302 404 404 403 403 403 403 403
GET  /training/doing/0/1/                                  302 404 404 403 403 403 403 403
GET  /training/modules/                                    302 403 200 200 200 403 403 403
POST /training/modules/                                    302 403 422 422 403 403 403 403
GET  /training/modules/0/                                  302 403 404 404 404 403 403 403
POST /training/modules/0/cases/                            302 403 404 404 403 403 403 403
POST /training/modules/0/cases/1/take-out/                 302 403 404 404 403 403 403 403
POST /training/modules/0/publish/                          302 403 404 404 403 403 403 403
POST /training/modules/0/retire/                           302 403 404 404 403 403 403 403
POST /training/modules/0/give/                             302 403 404 403 404 403 403 403
GET  /training/people/                                     302 403 200 403 200 403 403 403
GET  /training/people/{moderator}/                         302 403 200 403 200 403 403 403
GET  /training/people/{legal}/                             302 403 404 403 404 403 403 403
POST /training/people/{moderator}/certify/                 302 403 404 403 404 403 403 403
POST /training/people/{moderator}/senior/                  302 403 302 403 302 403 403 403
POST /training/certificates/0/end/                         302 403 404 403 404 403 403 403
GET  /training/calibrations/                               302 200 200 200 403 403 403 403
POST /training/calibrations/                               302 403 404 404 403 403 403 403
GET  /training/calibrations/0/                             302 404 404 404 403 403 403 403
POST /training/calibrations/0/judge/                       302 404 404 404 403 403 403 403
POST /training/calibrations/0/close/                       302 403 404 404 403 403 403 403
POST /training/calibrations/0/remark/                      302 404 404 404 403 403 403 403
POST /training/calibrations/0/ruling/                      302 403 404 404 403 403 403 403

# Agreement by rule, and what precedents change: those who make modules, give them, or write the rules; sums only
GET  /quality/rules/                                       302 403 200 200 200 403 403 200
GET  /quality/rules/VX-1/                                  302 403 200 200 200 403 403 200
GET  /quality/precedents/                                  302 403 200 200 200 403 403 200

# Cases: those who plan the work, and senior moderators read; only the former move them
GET  /cases/                                               302 403 200 403 200 403 403 200
GET  /cases/{case}/                                        302 403 200 403 200 403 403 200
GET  /cases/0/                                             302 403 404 403 404 403 403 404
POST /cases/{case}/text/                                   302 403 200 403 200 403 403 200
POST /cases/{heavy}/text/                                  302 403 403 403 200 403 403 200
POST /cases/{case}/move/                                   302 403 403 403 422 403 403 422
POST /cases/{case}/give/                                   302 403 403 403 422 403 403 422
POST /cases/{case}/take-back/                              302 403 403 403 409 403 403 409
GET  /items/{item}/                                        302 403 200 403 200 403 403 200
GET  /items/0/                                             302 403 404 403 404 403 403 404
GET  /items/0/erase/                                       302 403 403 403 403 403 403 404
POST /items/0/erase/                                       302 403 403 403 403 403 403 404

# A person's timeline: her own, or everybody's for those who plan the work
GET  /people/{moderator}/                                  302 200 404 404 200 404 404 200
GET  /people/{legal}/                                      302 404 404 404 200 404 200 200

# Wellbeing: one's own, and the organisation's limits for the wellbeing lead; never for those who plan the work
GET  /wellbeing/                                           302 200 200 403 403 200 403 403
POST /wellbeing/mine                                       302 422 422 403 403 422 403 403
POST /wellbeing/harms                                      302 302 302 403 403 302 403 403
POST /wellbeing/practice                                   302 403 403 403 403 422 403 403
POST /wellbeing/word                                       302 302 302 302 302 302 302 302
POST /wellbeing/word/1/answered                            302 403 403 403 403 302 403 403
GET  /wellbeing/people/somebody/                           302 403 403 403 403 403 403 403
GET  /wellbeing/mine.csv                                   302 200 200 403 403 200 403 403
POST /wellbeing/limits                                     302 403 403 403 403 422 403 403

# Veils: one's own for those who moderate, the floor for the wellbeing lead
GET  /wellbeing/veil/                                      302 200 200 403 403 200 403 403
POST /wellbeing/veil/picture                               302 422 422 403 403 403 403 403
POST /wellbeing/veil/nothing                               302 404 404 403 403 403 403 403
POST /wellbeing/veil/forget                                302 302 302 403 403 403 403 403
POST /wellbeing/veil/floor/2                               302 403 403 403 403 422 403 403
POST /wellbeing/veil/floor/9                               302 403 403 403 403 404 403 403

# Help and what is one's own: everybody; edited by the wellbeing lead
GET  /wellbeing/help/                                      302 200 200 200 200 200 200 200
POST /wellbeing/help/book                                  302 302 302 302 302 302 302 302
POST /wellbeing/help/unbook                                302 302 302 302 302 302 302 302
GET  /wellbeing/help/times/1.ics                           302 404 404 404 404 404 404 404
POST /wellbeing/help/times                                 302 403 403 403 403 422 403 403
POST /wellbeing/help/times/1/withdraw                      302 403 403 403 403 409 403 403
GET  /wellbeing/help/places/new/                           302 403 403 403 403 200 403 403
POST /wellbeing/help/places/new/                           302 403 403 403 403 422 403 403
GET  /wellbeing/help/places/0/                             302 403 403 403 403 404 403 403
POST /wellbeing/help/places/0/remove                       302 403 403 403 403 404 403 403
GET  /wellbeing/you/                                       302 200 200 200 200 200 200 200
GET  /wellbeing/you/everything.json                        302 200 200 200 200 200 200 200
POST /wellbeing/you/check-in                               302 422 422 422 422 422 422 422
POST /wellbeing/you/check-in/1/delete                      302 404 404 404 404 404 404 404
POST /wellbeing/you/check-in/1/share                       302 404 404 404 404 404 404 404
POST /wellbeing/you/notes                                  302 422 422 422 422 422 422 422
POST /wellbeing/you/notes/open                             302 302 302 302 302 302 302 302
POST /wellbeing/you/notes/1/delete                         302 404 404 404 404 404 404 404
POST /wellbeing/you/consent                                302 422 422 422 422 422 422 422
GET  /wellbeing/shared/                                    302 403 403 403 403 200 403 403
# Planning for those who plan the work; what exposure comes of, and whether limits work, for the wellbeing lead
GET  /planning/                                            302 403 403 403 200 403 403 200
GET  /planning/plan.csv                                    302 403 403 403 200 403 403 200
GET  /wellbeing/exposure/                                  302 403 403 403 403 200 403 403
GET  /wellbeing/dose/                                      302 403 403 403 403 200 403 403
GET  /wellbeing/dose/dose.csv                              302 403 403 403 403 200 403 403
GET  /wellbeing/dose/study.csv                             302 403 403 403 403 200 403 403
GET  /wellbeing/week/                                      302 200 200 403 403 403 403 403
# Another's weeks: refused, and written down, also for a lead she did not allow it to
GET  /wellbeing/people/{moderator}/                        302 302 403 403 403 403 403 403

# Trends: those who plan the work
GET  /trends/                                              302 403 403 403 200 403 403 200
GET  /trends/alerts/0/                                     302 403 403 403 404 403 403 404
POST /trends/alerts/0/seen/                                302 403 403 403 404 403 403 404
GET  /live/notices                                         302 403 403 403 200 403 403 200

# Training exports: those who write the rules, and those who run the house
GET  /exports/                                             302 403 403 200 403 403 403 200
POST /exports/                                             302 403 403 422 403 403 403 422
GET  /exports/0/                                           302 403 403 404 403 403 403 404
GET  /exports/0/state/                                     302 403 403 404 403 403 403 404
POST /exports/0/stop/                                      302 403 403 404 403 403 403 404
GET  /exports/0/files/                                     302 403 403 404 403 403 403 404
GET  /exports/0/files/0/                                   302 403 403 404 403 403 403 404

# Misses: those who plan the work, and those who write the rules
GET  /misses/                                              302 403 403 200 200 403 403 200
GET  /misses/causes/unknown/                               302 403 403 200 200 403 403 200
GET  /misses/causes/nothing/                               302 403 403 404 404 403 403 404
POST /misses/causes/language/plan/                         302 403 403 422 422 403 403 422
POST /misses/0/confirm/                                    302 403 403 404 404 403 403 404

# Quality: plans for those who plan the work, settling for seniors; what was found of hers for her alone
GET  /quality/                                             302 302 302 403 302 403 403 302
GET  /quality/plans/                                       302 403 403 403 200 403 403 200
GET  /quality/plans/fraud/                                 302 403 403 403 200 403 403 200
POST /quality/plans/fraud/                                 302 403 403 403 422 403 403 422
GET  /quality/settling/                                    302 403 200 403 403 403 403 403
POST /quality/settling/1/take/                             302 403 404 403 403 403 403 403
POST /quality/settling/1/keep/                             302 403 404 403 403 403 403 403
GET  /quality/golden/                                      302 403 200 403 403 403 403 403
POST /quality/golden/1/retire/                             302 403 404 403 403 403 403 403
GET  /quality/mine/                                        302 200 200 403 403 403 403 403

# Queues and routing: those who plan the work
GET  /queues/                                              302 403 403 403 200 403 403 200
GET  /queues/new/                                          302 403 403 403 200 403 403 200
POST /queues/new/                                          302 403 403 403 422 403 403 422
GET  /queues/fraud/                                        302 403 403 403 200 403 403 200
POST /queues/fraud/                                        302 403 403 403 422 403 403 422
GET  /queues/no-such-queue/                                302 403 403 403 404 403 403 404
GET  /queues/milestones/                                   302 403 403 403 200 403 403 200
POST /queues/milestones/                                   302 403 403 403 422 403 403 422
GET  /queues/routing/                                      302 403 403 403 200 403 403 200
GET  /queues/routing/new/                                  302 403 403 403 200 403 403 200
POST /queues/routing/new/                                  302 403 403 403 422 403 403 422
GET  /queues/routing/0/                                    302 403 403 403 404 403 403 404
POST /queues/routing/0/                                    302 403 403 403 404 403 403 404
GET  /queues/routing/order/                                302 403 403 403 200 403 403 200
POST /queues/routing/order/                                302 403 403 403 409 403 403 409

# Statements of reasons: those who answer for the rules and the law read them
GET  /transparency/reports/                                pub pub pub pub pub pub pub pub
GET  /transparency/reports/en/                             200 200 200 200 200 200 200 200
GET  /transparency/reports/fr/                             404 404 404 404 404 404 404 404
GET  /transparency/reports/en/definitions/                 200 200 200 200 200 200 200 200
GET  /transparency/reports/en/2025-q3/                     404 404 404 404 404 404 404 404
GET  /transparency/reports/en/2025-q3/1/                   404 404 404 404 404 404 404 404
GET  /transparency/files/2025-q3/1/eu.zip                  404 404 404 404 404 404 404 404
GET  /transparency/drafts/                                 302 403 403 200 403 403 200 200
POST /transparency/drafts/                                 302 403 403 422 403 403 422 422
GET  /transparency/drafts/1/                               302 403 403 404 403 403 404 404
POST /transparency/drafts/1/count-anew/                    302 403 403 404 403 403 404 404
POST /transparency/drafts/1/publish/                       302 403 403 404 403 403 404 404
POST /transparency/drafts/1/put-aside/                     302 403 403 404 403 403 404 404
GET  /transparency/statements/                             302 403 403 200 403 403 200 200
GET  /transparency/statements/1/                           302 403 403 404 403 403 404 404
POST /transparency/statements/1/again/                     302 403 403 403 403 403 404 404
# Banks: read by those who plan or oversee the work, disputed by senior moderators, kept by policy leads and admins
GET  /banks/                                               302 403 200 200 200 403 403 200
GET  /banks/new/                                           302 403 403 200 403 403 403 200
POST /banks/new/                                           302 403 403 422 403 403 403 422
GET  /banks/0/                                             302 403 404 404 404 403 403 404
GET  /banks/0/edit/                                        302 403 403 404 403 403 403 404
POST /banks/0/edit/                                        302 403 403 404 403 403 403 404
POST /banks/0/verify/                                      302 403 403 404 403 403 403 404
POST /banks/0/tells/                                       302 403 403 403 403 403 403 404
POST /banks/0/add/                                         302 403 403 404 403 403 403 404
POST /banks/0/load/                                        302 403 403 404 403 403 403 404
GET  /banks/entries/0/                                     302 403 404 404 404 403 403 404
POST /banks/entries/0/opinion/                             302 403 404 404 403 403 403 404
POST /banks/entries/0/opinion/withdraw/                     302 403 404 404 403 403 403 404
POST /banks/entries/0/switch/                              302 403 403 404 403 403 403 404
POST /banks/entries/0/flood/                               302 403 404 404 403 403 403 404
POST /banks/items/{item}/                                  302 403 404 404 403 403 403 404

# Decided automatically: read by those who plan or oversee the work, reversed and looked over by all of these but supervisors
GET  /automatic/                                           302 403 200 200 200 403 403 200
GET  /automatic/0/                                         302 403 404 404 404 403 403 404
POST /automatic/0/reverse/                                 302 403 404 404 403 403 403 404
POST /automatic/audits/0/                                  302 403 404 404 403 403 403 404
# The outside board: those who answer to it; precedent for everybody, answers for the public
GET  /board/                                               302 403 403 200 403 403 200 200
GET  /board/new/                                           302 403 403 200 403 403 200 200
POST /board/new/                                           302 403 403 422 403 403 422 422
GET  /board/answers/                                       200 200 200 200 200 200 200 200
GET  /board/precedents/VX-1/                               302 200 200 200 200 200 200 200
GET  /board/disputes/                                      302 403 403 200 403 403 200 200
POST /board/disputes/                                      302 403 403 422 403 403 422 422
GET  /board/disputes/0/                                    302 403 403 404 403 403 404 404
POST /board/disputes/0/end/                                302 403 403 404 403 403 404 404
POST /board/disputes/0/comply/                             302 403 403 404 403 403 404 404
GET  /board/0/                                             302 403 403 404 403 403 404 404
POST /board/0/file/                                        302 403 403 404 403 403 404 404
POST /board/0/rulings/                                     302 403 403 404 403 403 404 404
POST /board/0/rulings/1/carry-out/                         302 403 403 404 403 403 404 404
POST /board/0/rulings/1/answer/                            302 403 403 404 403 403 404 404
POST /board/0/rulings/1/precedent/                         302 403 403 404 403 403 404 404

# Requests by authorities: those who handle them; whoever plans the work reads what is not confidential
GET  /authority-requests/                                  302 403 403 403 200 403 200 200
GET  /authority-requests/new/                              302 403 403 403 403 403 200 200
POST /authority-requests/new/                              302 403 403 403 403 403 422 422
GET  /authority-requests/archive.json                      302 403 403 403 403 403 200 200
GET  /authority-requests/senders/                          302 403 403 403 200 403 200 200
GET  /authority-requests/senders/0/                        302 403 403 403 404 403 404 404
GET  /authority-requests/letters/                          302 403 403 403 403 403 200 200
GET  /authority-requests/letters/refuse/en/                302 403 403 403 403 403 200 200
POST /authority-requests/letters/refuse/en/                302 403 403 403 403 403 422 422
GET  /authority-requests/letters/refuse/xx/                302 403 403 403 403 403 404 404
POST /authority-requests/letters/refuse/en/publish/        302 403 403 403 403 403 404 404
GET  /authority-requests/0/                                302 403 403 403 404 403 404 404
POST /authority-requests/0/quiet/                          302 403 403 403 403 403 404 404
POST /authority-requests/0/documents/                      302 403 403 403 403 403 404 404
GET  /authority-requests/0/documents/1/                    302 403 403 403 403 403 404 404
POST /authority-requests/0/items/1/locate/                 302 403 403 403 403 403 404 404
POST /authority-requests/0/items/1/validity/               302 403 403 403 403 403 404 404
POST /authority-requests/0/items/1/propose/                302 403 403 403 403 403 404 404
POST /authority-requests/0/items/1/answer/                 302 403 403 403 404 403 404 404
POST /authority-requests/0/items/1/letter/                 302 403 403 403 403 403 404 404
POST /authority-requests/0/items/1/answered/               302 403 403 403 403 403 404 404
POST /authority-requests/0/items/1/lift/                   302 403 403 403 403 403 404 404
POST /authority-requests/0/items/1/contest/                302 403 403 403 403 403 404 404
GET  /authority-requests/0/items/1/contest/files/1/        302 403 403 403 403 403 404 404

# What an author was told local law took away: the page behind her link
GET  /law-contest/en/1~forged/                             404 404 404 404 404 404 404 404
POST /law-contest/km/1~forged/                             404 404 404 404 404 404 404 404

# Notices of law: public forms and the page behind a link; the clock, one notice and its steps for legal reviewers
GET  /law-notice/en/                                       200 200 200 200 200 200 200 200
GET  /law-notice/km/property/                              200 200 200 200 200 200 200 200
POST /law-notice/vi/property/                              422 422 422 422 422 422 422 422
GET  /law-notice/en/told/1-n~forged/                       404 404 404 404 404 404 404 404
POST /law-notice/en/told/1-n~forged/                       404 404 404 404 404 404 404 404
GET  /law-notices/                                         302 403 403 403 403 403 200 200
GET  /law-notices/0/                                       302 403 403 403 403 403 404 404
POST /law-notices/0/locate/                                302 403 403 403 403 403 404 403
POST /law-notices/0/decide/                                302 403 403 403 403 403 404 403
POST /law-notices/0/lift/                                  302 403 403 403 403 403 404 403
GET  /law-notices/0/files/1/                               302 403 403 403 403 403 404 404

# Webhooks: those who keep the machines
GET  /webhooks/                                            302 403 403 403 403 403 403 200
POST /webhooks/endpoints                                   302 403 403 403 403 403 403 422
POST /webhooks/endpoints/1/pause                           302 403 403 403 403 403 403 404
POST /webhooks/endpoints/1/resume                          302 403 403 403 403 403 403 404
POST /webhooks/endpoints/1/secret                          302 403 403 403 403 403 403 404
POST /webhooks/deliveries/1/replay                         302 403 403 403 403 403 403 404
POST /webhooks/inside/1/replay                             302 403 403 403 403 403 403 404

# Appeals: the public page for anybody with a link; how they fare for those who oversee them; files for whoever hears one
GET  /appeal/en/1-1-a~forged/                              404 404 404 404 404 404 404 404
POST /appeal/km/1-1-a~forged/                              404 404 404 404 404 404 404 404
GET  /appeals/                                             302 403 200 200 200 403 200 200
GET  /appeals/files/1                                      302 404 404 403 403 403 403 403

# Strikes and suspensions: those who oversee the work
GET  /strikes/                                             302 403 200 200 200 403 200 200
GET  /strikes/reporters/                                   302 403 200 200 200 403 200 200
POST /strikes/reporters/0/                                 302 403 404 403 403 403 404 403
GET  /strikes/ladder/                                      302 403 200 200 200 403 200 200
GET  /strikes/ladder/propose/                              302 403 403 200 403 403 200 200
POST /strikes/ladder/propose/                              302 403 403 422 403 403 422 422
GET  /strikes/ladder/0/                                    302 403 404 404 404 403 404 404
POST /strikes/ladder/0/settle/                             302 403 403 404 403 403 404 404
GET  /strikes/accounts/0/                                  302 403 404 404 404 403 404 404

# The words of notices: policy and law
GET  /notices/                                             302 403 403 200 403 403 200 200
GET  /notices/author_restricted/en/                        302 403 403 200 403 403 200 200
POST /notices/author_restricted/en/                        302 403 403 422 403 403 422 422
GET  /notices/to_nobody/en/                                302 403 403 404 403 403 404 404

# Live numbers: those who plan the work
GET  /live/                                                302 403 403 403 200 403 403 200
GET  /live/removals/                                       302 403 403 403 200 403 403 200
GET  /live/board                                           302 403 403 403 200 403 403 200
GET  /live/csv/queues.csv                                  302 403 403 403 200 403 403 200

# Wellbeing: one's own numbers for those who moderate, the organisation's limits for the lead
GET  /wellbeing/                                           302 200 200 403 403 200 403 403
GET  /wellbeing/mine.csv                                   302 200 200 403 403 200 403 403
POST /wellbeing/mine                                       302 422 422 403 403 422 403 403
POST /wellbeing/limits                                     302 403 403 403 403 422 403 403
"""

SOCKETS = """
/ws/live/                                                  no  no  no  no  yes no  no  yes
"""

Line = tuple[str, str, tuple[str, ...]]


def lines() -> list[Line]:
    found = []
    for text in TABLE.splitlines():
        if text and not text.startswith("#"):
            method, address, *expected = text.split()
            assert len(expected) == len(WHO), text
            found.append((method, address, tuple(expected)))
    return found


def patterns(of: list[URLPattern | URLResolver], route: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in of:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, route + str(entry.pattern))
        else:
            yield (route + str(entry.pattern)).replace("/^", "/"), entry


ALL = list(patterns(get_resolver().url_patterns))
ADMIN = [route for route, _ in ALL if route.startswith("admin/")]
THEIRS = ("admin/", "account/", "api/v1/")  # doors that other packages made, or that ask for a key


def test_every_address_has_a_line():
    covered = {resolve(re.sub(r"{\w+}", "1", address)).route for _, address, _ in lines()}
    missing = [route for route, _ in ALL if route not in covered and not route.startswith("admin/")]
    assert not missing, "write a line for each of these in TABLE"


def test_every_view_of_ours_says_who_may_enter():
    silent = [
        route
        for route, pattern in ALL
        if not route.startswith(THEIRS) and not hasattr(pattern.callback, "allowed_roles")
    ]
    assert not silent, "decorate these with @allow(…) or @public"


def test_roles_named_in_views_exist():
    named = {role for _, pattern in ALL for role in getattr(pattern.callback, "allowed_roles", None) or ()}
    assert named <= set(Role.values)


@pytest.mark.django_db
def test_each_gets_what_the_table_says(signed_in):
    make.house()
    open_draft(actor=person("policy"))
    browsers = {who: Client() if who == "out" else signed_in(who) for who in WHO}
    there = {"case": make.case(queue="fraud"), "heavy": make.case(queue="fraud", exposure=3)}
    numbers = {name: one.pk for name, one in [*there.items(), ("item", there["case"].item)]}
    numbers |= dict(User.objects.values_list("username", "pk"))
    wrong = []
    for method, template, expected in lines():
        address = template.format(**numbers)
        for who, status in zip(WHO, expected, strict=True):
            with transaction.atomic():  # what one does is not there for the next
                got = ask(browsers[who], method, address)
                transaction.set_rollback(True)
            if got != status:
                wrong.append(f"{method} {template} as {who}: {status} expected, {got} got")
    assert not wrong, "\n".join(wrong)


REFUSALS = (
    "belongs to other roles",
    "opens only at the desk",
    "for her alone",
    "is hers. It is shown to",
    "translated by policy leads",
    "are put together by senior moderators",
    "is led by a senior moderator",
)


def ask(browser: Client, method: str, address: str) -> str:
    signed_in = "sessionid" in browser.cookies
    session = browser.cookies.get("sessionid")
    key = session.value if session else ""
    response = browser.generic(
        method, address, "nothing=sent", content_type="application/x-www-form-urlencoded"
    )
    if key:
        browser.cookies["sessionid"] = key  # signing out was rolled back, too
    if response.status_code == 302 and response.url.startswith(
        ("/community-guidelines/", "/transparency/reports/")
    ):
        return "pub"
    if response.status_code == 302 and not signed_in and address != "/account/logout/":
        assert response.url.split("?")[0] == "/account/login/", address
    if response.status_code == 403:
        page = response.content.decode()
        assert any(words in page for words in REFUSALS), address
    if address == "/readyz":
        return "rdy" if response.status_code in (200, 503) else str(response.status_code)
    return str(response.status_code)


def sample(route: str) -> str:
    """An address for a route of Django's admin."""
    route = re.sub(r"\(\?P<app_label>[^)]*\)", "accounts", route).replace("(?P<url>.*)", "nothing")
    return "/" + re.sub(r"<[^>]+:[^>]+>", "1", route).replace("$", "")


def test_the_admin_pages_open_for_admins_only(signed_in, client, db):
    assert len(ADMIN) > 100
    browsers = {who: signed_in(who) for who in WHO if who not in ("out", "admin")}
    for route in ADMIN:
        address = sample(route)
        assert resolve(address).route == route
        response = client.get(address)
        assert (response.status_code, response.url.split("?")[0]) == (302, "/account/login/"), address
        for who, browser in browsers.items():
            assert browser.get(address).status_code == 403, (who, address)
        assert browsers["supervisor"].post(address).status_code == 403, address
    assert signed_in("admin").get("/admin/").status_code == 200


def test_somebody_with_two_roles_enters_through_either(signed_in, moderator):
    User.objects.filter(pk=moderator.pk).update(roles=["moderator", "supervisor"])
    client = signed_in("moderator")
    make.house()
    assert [client.get(address).status_code for address in ("/desk/", "/live/", "/admin/")] == [200, 200, 403]


def test_somebody_without_a_role_enters_nowhere(signed_in, moderator):
    User.objects.filter(pk=moderator.pk).update(roles=[])
    client = signed_in("moderator")
    for address in ("/", "/guidelines/", "/desk/", "/live/", "/admin/"):
        assert client.get(address).status_code == 403


def undeclared(request) -> HttpResponse:
    return HttpResponse("open")


urlpatterns = [path("undeclared/", undeclared), *get_resolver("reviewqueue.urls").url_patterns]
handler403 = "reviewqueue.views.not_allowed"


def test_a_view_that_declares_nothing_opens_for_nobody(signed_in, client, db, settings):
    settings.ROOT_URLCONF = __name__
    response = client.get("/undeclared/")
    assert (response.status_code, response.url) == (302, "/account/login/?next=/undeclared/")
    for who in WHO[1:]:
        response = signed_in(who).get("/undeclared/")
        assert response.status_code == 403
        assert "open" not in response.content.decode().split()


@pytest.mark.parametrize("address", ["/desk/", "/admin/", "/live/"])
def test_a_refusal_tells_a_program_in_json_and_a_fragment_in_a_sentence(signed_in, address):
    client = signed_in("legal")
    response = client.get(address, headers={"Accept": "application/json"})
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert response.json()["code"] == "not_allowed"
    page = client.get(address, headers={"HX-Request": "true"})
    assert page.status_code == 403
    assert "<html" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_each_socket_opens_for_whom_the_table_says(signed_in):
    from channels.testing import WebsocketCommunicator

    from reviewqueue.asgi import application
    from reviewqueue.urls import websocket_urlpatterns

    make.house()
    table = {text.split()[0]: text.split()[1:] for text in SOCKETS.splitlines() if text}
    assert {f"/{pattern.pattern}" for pattern in websocket_urlpatterns} == set(table)

    async def opens(address: str, client: Client | None) -> bool:
        headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
        if client is not None:
            headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
        socket = WebsocketCommunicator(application, address, headers=headers)
        connected, _ = await socket.connect(timeout=PATIENCE)
        await socket.disconnect(timeout=PATIENCE)
        return connected

    for address, expected in table.items():
        for who, may in zip(WHO, expected, strict=True):
            browser = None if who == "out" else signed_in(who)
            assert async_to_sync(opens)(address, browser) is (may == "yes"), (who, address)
