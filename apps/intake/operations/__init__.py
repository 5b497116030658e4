from apps.intake.operations.receiving import Result, receive

__all__ = ["Result", "receive"]
