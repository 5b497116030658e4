from apps.errors import DomainError, Invalid


class NothingToReplay(DomainError):
    code = "no_case_to_replay"
    status = 409
    sentence = (
        "No past case fits: nothing was decided under the changed rules in that time that may be shown again."
    )


class ReplayClosed(DomainError):
    code = "replay_closed"
    status = 409
    sentence = "This replay is closed. Its results are on its page."


class JudgedAlready(DomainError):
    code = "replay_judged_already"
    status = 409
    sentence = "You have decided this one already, or you decided it back then."


class ReplayVerdictUnusable(Invalid):
    code = "replay_verdict_unusable"
    sentence = "Choose whether it breaks a rule, and which one."
