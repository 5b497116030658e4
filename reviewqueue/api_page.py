"""The API's document as a page to read: our own markup, because the usual viewers need inline styles and scripts."""

from typing import Any

METHODS = ("get", "put", "post")


def page_of(document: dict[str, Any]) -> dict[str, Any]:
    """What the page of an OpenAPI document shows."""
    return {
        "about": document["info"],
        "doors": [
            _door(path, method, door)
            for path, methods in document["paths"].items()
            for method, door in methods.items()
            if method in METHODS
        ],
        "shapes": [
            {"name": name, "about": shape.get("description", ""), "fields": fields(shape)}
            for name, shape in sorted(document["components"]["schemas"].items())
            if shape.get("properties")
        ],
    }


def _door(path: str, method: str, door: dict[str, Any]) -> dict[str, Any]:
    content = door.get("requestBody", {}).get("content", {})
    mime, body = next(((mime, said["schema"]) for mime, said in content.items()), ("", {}))
    good = next(code for code in door["responses"] if str(code).startswith("2"))
    answer = door["responses"][good].get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "method": method.upper(),
        "path": path.split("/")[1:],
        "scope": door.get("x-scope", ""),
        "about": door.get("description", ""),
        "parameters": [
            {
                "name": one["name"],
                "required": one.get("required"),
                "about": one.get("description", ""),
                **kind(one["schema"]),
            }
            for one in door.get("parameters", [])
        ],
        "mime": mime,
        "body": kind(body) if body else None,
        "status": good,
        "answer": kind(answer) if answer else None,
        "refusals": sorted(code for code in door["responses"] if not str(code).startswith("2")),
    }


def fields(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a shape, those required first."""
    required = shape.get("required", [])
    found = [
        {"name": name, "required": name in required, "about": field.get("description", ""), **kind(field)}
        for name, field in shape["properties"].items()
    ]
    return sorted(found, key=lambda field: not field["required"])


def kind(schema: dict[str, Any]) -> dict[str, Any]:
    """What a value is, in words, and the shapes it is made of: {"words": "list of", "shapes": ["SentMedia"]}."""
    if "$ref" in schema:
        return {"words": "", "shapes": [schema["$ref"].rsplit("/", 1)[1]]}
    several = [one for one in schema.get("anyOf", schema.get("oneOf", [])) if one.get("type") != "null"]
    if len(several) == 1:
        return kind(several[0])
    if several:
        parts = [kind(one) for one in several]
        words = [part["words"] for part in parts if part["words"]]
        return {
            "words": " or ".join(["one of", *words]),
            "shapes": [name for part in parts for name in part["shapes"]],
        }
    if schema.get("type") == "array":
        inner = kind(schema.get("items", {}))
        most = f"at most {schema['maxItems']:,} " if "maxItems" in schema else ""
        return {"words": f"list of {most}{inner['words']}".strip(), "shapes": inner["shapes"]}
    if "enum" in schema:
        return {"words": "one of " + ", ".join(map(str, schema["enum"])), "shapes": []}
    if "const" in schema:
        return {"words": f"“{schema['const']}”", "shapes": []}
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    word = {"date-time": "moment", "binary": "file"}.get(schema.get("format", "")) or names.get(
        schema.get("type", ""), schema.get("type", "anything")
    )
    return {"words": word + _limits(schema), "shapes": []}


def _limits(schema: dict[str, Any]) -> str:
    if "maxLength" in schema:
        return f", at most {schema['maxLength']:,}"
    if "minimum" in schema and "maximum" in schema and schema["maximum"] <= 1_000:
        return f", {schema['minimum']:g} to {schema['maximum']:g}"
    return ""
