"""The two scales in words. Severity is harm to the public, exposure is harm to the person who looks."""

SEVERITY = {1: "low", 2: "moderate", 3: "serious", 4: "severe", 5: "critical"}
EXPOSURE = {0: "none", 1: "mild", 2: "moderate", 3: "high", 4: "extreme"}
