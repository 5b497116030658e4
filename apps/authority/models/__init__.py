"""What authorities asked for, what was done about it and by whom, and which words were sent."""

from apps.authority.models.asking import Document, Request, Sender, Silence
from apps.authority.models.contests import Contest, ContestFile, ContestLetter, ContestWords
from apps.authority.models.ends import ContestReminder, Ending
from apps.authority.models.items import NecessityTest, RequestItem, Telling, Validity
from apps.authority.models.letters import Letter, LetterTemplate

__all__ = [
    "Contest",
    "ContestFile",
    "ContestLetter",
    "ContestReminder",
    "ContestWords",
    "Document",
    "Ending",
    "Letter",
    "LetterTemplate",
    "NecessityTest",
    "Request",
    "RequestItem",
    "Sender",
    "Silence",
    "Telling",
    "Validity",
]
