"""What every machine door answers when it refuses."""

from pydantic import BaseModel


class Problem(BaseModel):
    """RFC 9457, `application/problem+json`."""

    class FieldError(BaseModel):
        field: str
        reason: str

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError]


READING = dict.fromkeys((401, 403, 404, 422, 429, 503), Problem)
