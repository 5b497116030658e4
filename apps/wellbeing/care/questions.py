"""The weekly check-in: three neutral questions. No diagnosis, no score, and no answer is right."""

RATHER_NOT = "I would rather not say"
AMOUNT = ("Lighter than usual", "About as usual", "Heavier than usual", RATHER_NOT)
REST = ("Yes", "Partly", "No", RATHER_NOT)
QUESTIONS = (
    "How was the amount of heavy content this week?",
    "Did you get the breaks and the rest you wanted?",
    "Is there anything about your work you would like to be different?",
)
WORDS_AT_MOST = 500
KEPT_DAYS = 30
