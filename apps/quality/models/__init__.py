from apps.quality.models.golden import Golden, GoldenCase
from apps.quality.models.sampling import Blind, Draw, SamplingPlan, Void
from apps.quality.models.settling import Adjudication, Comparison, Finding

__all__ = [
    "Adjudication",
    "Blind",
    "Comparison",
    "Draw",
    "Finding",
    "Golden",
    "GoldenCase",
    "SamplingPlan",
    "Void",
]
