#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewqueue.settings")
    from django.core.management import execute_from_command_line

    from reviewqueue.embedded import EmbeddedError

    try:
        execute_from_command_line(sys.argv)
    except EmbeddedError as trouble:
        sys.exit(str(trouble))
