from apps.intake.credibility import credibility

__all__ = ["credibility"]
