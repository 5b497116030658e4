"""What is left of a media file whose content was erased: its hashes, and a sentence."""

# For the SET of an UPDATE of intake_media, and for whether there is anything left to take.
EMPTIED = (
    "file = '', veil = '', alt = '', transcript = '', frames = 0, state = 'refused', "
    "refused_reason = 'It was erased.'"
)
FULL = "(media.file <> '' OR media.veil <> '' OR media.alt <> '' OR media.transcript <> '' OR media.state = 'preparing')"
