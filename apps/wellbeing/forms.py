"""What may be typed on the wellbeing page, checked and refused in words."""
