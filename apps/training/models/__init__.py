from apps.training.models.calibration import Calibration, CalibrationCase, CalibrationVerdict, Remark, Ruling
from apps.training.models.certificates import Certificate, Mentor
from apps.training.models.modules import Answer, Assignment, Module, ModuleCase
from apps.training.models.pairs import Counted, PairDay
from apps.training.models.precedents import FirstChoice

__all__ = [
    "Answer",
    "Assignment",
    "Calibration",
    "CalibrationCase",
    "CalibrationVerdict",
    "Certificate",
    "Counted",
    "FirstChoice",
    "Mentor",
    "Module",
    "ModuleCase",
    "PairDay",
    "Remark",
    "Ruling",
]
