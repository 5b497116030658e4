"""What the demo shows: cases of our own writing and stand-ins for their media, made on the spot."""
