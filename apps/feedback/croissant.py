"""The data described for machines: Croissant 1.0 JSON-LD (https://docs.mlcommons.org/croissant/docs/croissant-spec.html)."""

from typing import Any

import pyarrow as pa

from apps.feedback.columns import COLUMNS

TERMS = """
    citeAs column data dataType dct examples extract field fileProperty fileObject fileSet format includes isLiveDataset
    jsonPath key md5 parentField path recordSet references regex repeated replace separator source subField transform
""".split()  # noqa: SIM905 (a list of one word a line is worse to read)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{term: f"cr:{term}" for term in TERMS},
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "rai:dataBiases",
    "dataCollection": "rai:dataCollection",
    "personalSensitiveInformation": "rai:personalSensitiveInformation",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}
ENCODING = {
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
    "csv": "text/csv",
    "label_studio": "application/json",
}


def croissant(manifest: dict[str, Any]) -> dict[str, Any]:
    """The description: every file with its checksum, every column with its type and meaning, and what biases it."""
    files = manifest["files"]
    distribution = [
        {
            "@type": "cr:FileObject",
            "@id": file["path"],
            "name": file["path"],
            "contentUrl": file["path"],
            "contentSize": f"{file['bytes']} B",
            "sha256": file["sha256"],
            "encodingFormat": ENCODING[_format(file["path"])],
        }
        for file in files
        if file["path"].startswith("data/")
    ]
    if "parquet" in manifest["formats"]:
        distribution.append(
            {
                "@type": "cr:FileSet",
                "@id": "parquet",
                "name": "parquet",
                "encodingFormat": ENCODING["parquet"],
                "includes": "data/month=*/rule=*/*.parquet",
            }
        )
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": "review-decisions",
        "description": f"{manifest['rows']} rows. {manifest['row']} See README.md.",
        "version": manifest["export_schema_version"],
        "datePublished": manifest["created_at"],
        "license": "https://schema.org/CreativeWork",
        "url": f"urn:uuid:{manifest['export_id']}",
        "dataCollection": "Decisions of human moderators under published guidelines; selected by reports and detectors "
        "unless inclusion_prob says otherwise.",
        "dataBiases": "Only what was reported, flagged or drawn is here. Rules and their wordings change over time.",
        "personalSensitiveInformation": "Identities are keyed with a salt stored nowhere. Texts are redacted by pattern; "
        "treat them as personal data.",
        "distribution": distribution,
        "recordSet": _record_sets(manifest),
    }  # fmt: skip


def _record_sets(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    source = next((name for name in ("parquet", "jsonl", "csv") if name in manifest["formats"]), None)
    if source is None:
        return []
    where = {"fileSet": {"@id": "parquet"}} if source == "parquet" else {
        "fileObject": {"@id": f"data/decisions.{source}"}
    }  # fmt: skip
    return [
        {
            "@type": "cr:RecordSet",
            "@id": "decisions",
            "name": "decisions",
            "key": {"@id": "decisions/decision_id"},
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": f"decisions/{column.name}",
                    "name": column.name,
                    "description": column.meaning,
                    "dataType": _type(column.type),
                    **({"repeated": True} if pa.types.is_list(column.type) else {}),
                    "source": {**where, "extract": _extract(source, column.name)},
                    **_sub_fields(column.name, column.type, where, source),
                }
                for column in COLUMNS
            ],
        }
    ]


def _sub_fields(name: str, type: pa.DataType, where: dict[str, Any], source: str) -> dict[str, Any]:
    inner = type.value_type if pa.types.is_list(type) else type
    if not pa.types.is_struct(inner):
        return {}
    return {
        "subField": [
            {
                "@type": "cr:Field",
                "@id": f"decisions/{name}/{field.name}",
                "name": field.name,
                "dataType": _type(field.type),
                "source": {**where, "extract": _extract(source, f"{name}/{field.name}")},
            }
            for field in inner
        ]
    }


def _extract(source: str, path: str) -> dict[str, str]:
    return {"jsonPath": "$." + path.replace("/", ".")} if source == "jsonl" else {"column": path}


def _type(type: pa.DataType) -> str:
    inner = type.value_type if pa.types.is_list(type) else type
    if pa.types.is_boolean(inner):
        return "sc:Boolean"
    if pa.types.is_integer(inner):
        return "sc:Integer"
    if pa.types.is_floating(inner):
        return "sc:Float"
    if pa.types.is_timestamp(inner):
        return "sc:Date"
    return "sc:Text"


def _format(path: str) -> str:
    if path.endswith("label_studio.json"):
        return "label_studio"
    return path.rpartition(".")[2] if path.rpartition(".")[2] in ENCODING else "jsonl"
