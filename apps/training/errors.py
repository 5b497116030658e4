from apps.errors import DomainError, Invalid


class ModuleUnusable(Invalid):
    code = "module_unusable"
    sentence = "This cannot go into a module as it is. What you typed is still here."


class ModuleNotReady(DomainError):
    code = "module_not_ready"
    status = 409
    sentence = "A module is published with three cases or more. Nothing was changed."


class ModuleFixed(DomainError):
    code = "module_fixed"
    status = 409
    sentence = (
        "This module is in use and does not change any more. Put a new one together, and retire this one."
    )


class ModuleRetired(DomainError):
    code = "module_retired"
    status = 409
    sentence = "This module is retired, because its rule changed or it was replaced. Nobody is asked to do it any more."


class DoingItAlready(DomainError):
    code = "module_open_already"
    status = 409
    sentence = "She has this module open already."


class HoldsACase(DomainError):
    code = "holds_a_case"
    status = 409
    sentence = "You hold a case at the desk. Decide it or put it back first; training time is free of cases."


class NotAnAnswer(Invalid):
    code = "not_an_answer"
    sentence = "Choose whether it breaks a rule, and which one."


class AnsweredAlready(DomainError):
    code = "module_case_answered_already"
    status = 409
    sentence = "You have answered this one, perhaps in another window."


class NotPassed(DomainError):
    code = "certification_not_passed"
    status = 409
    sentence = (
        "A certificate rests on a certification passed by the person for this queue. Nothing was changed."
    )


class NotForOneself(DomainError):
    code = "certificate_for_oneself"
    status = 403
    sentence = "Somebody else has to give you a certificate."


class QueueAsksForNothing(DomainError):
    code = "queue_asks_for_no_certificate"
    status = 409
    sentence = (
        "This queue asks for no certificate: everybody with the role may work in it. "
        "Name the certificate it asks for on the queue's page first."
    )


class CertifiedAlready(DomainError):
    code = "certified_already"
    status = 409
    sentence = "She is certified already. Nothing was changed."


class SayWhy(Invalid):
    code = "reason_missing"
    sentence = "Say why in a sentence; she reads it. Nothing was changed."


class NotASenior(Invalid):
    code = "not_a_senior"
    sentence = "A person is accompanied by a senior moderator who is somebody else. Nothing was changed."


class CalibrationOpen(DomainError):
    code = "calibration_open_already"
    status = 409
    sentence = "A calibration of this rule is open in this language already."


class NothingToCalibrate(DomainError):
    code = "no_case_to_calibrate"
    status = 409
    sentence = (
        "Fewer than three past cases fit: light ones, with text, decided under this rule. Nothing was opened."
    )


class CalibrationClosed(DomainError):
    code = "calibration_closed"
    status = 409
    sentence = "This calibration is closed. Its spread is on its page."


class CalibrationRunning(DomainError):
    code = "calibration_running"
    status = 409
    sentence = "This calibration is still open: what others say is shown once it is closed."


class RuledAlready(DomainError):
    code = "calibration_ruled_already"
    status = 409
    sentence = (
        "This calibration has its ruling, which is never changed. Open another one to find a different one."
    )
