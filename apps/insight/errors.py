from apps.errors import Invalid


class ExampleRefused(Invalid):
    code = "example_refused"
    sentence = "This cannot be an example yet. Nothing was changed."
