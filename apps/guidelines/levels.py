"""The two scales in words. Severity is harm to the public, exposure is harm to the person who looks."""

SEVERITY = {1: "minor", 2: "moderate", 3: "serious", 4: "grave", 5: "gravest"}
EXPOSURE = {0: "none", 1: "mild", 2: "moderate", 3: "high", 4: "extreme"}
