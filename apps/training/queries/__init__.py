"""The questions of the training room, by what they are about."""
