"""The OpenAPI 3.1 document, made from the table of endpoints: it cannot say what the addresses do not do."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from convention import __version__
from convention.api import schemas

NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
}


def document(endpoints: Sequence[Any], *, server: str) -> str:
    """The document, as JSON."""
    models: list[tuple[Any, Any]] = [(endpoint.answer, "serialization") for endpoint in endpoints]
    references, definitions = models_json_schema(
        [*models, (schemas.Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    paths = {
        endpoint.path: {
            "get": {
                "operationId": endpoint.name.removeprefix("api."),
                "summary": endpoint.summary,
                "parameters": _parameters(endpoint),
                "responses": {
                    "200": _answer("As asked", references[endpoint.answer, "serialization"], "application/json"),
                    "304": {"description": "Nothing has changed since the ETag sent in If-None-Match"},
                    **_refusals(endpoint, references[schemas.Problem, "serialization"]),
                },
            }
        }
        for endpoint in endpoints
    }
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Convention",
                "version": __version__,
                "summary": "What every page of a citizen convention shows to everyone, as data, read-only.",
                "license": {
                    "name": "Licence Ouverte 2.0",
                    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
                },
            },
            "servers": [{"url": server}],
            "paths": paths,
            "components": {"schemas": definitions["$defs"]},
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _parameters(endpoint: Any) -> list[dict[str, Any]]:
    asked = [
        {"name": one.name, "in": "query", "required": False, "schema": one.schema, "description": one.description}
        for one in endpoint.parameters
    ]
    return [NUMBER, *asked] if "{number}" in endpoint.path else asked


def _refusals(endpoint: Any, problem: dict[str, Any]) -> dict[str, Any]:
    refusals = {"400": _answer("A parameter is not one of those listed here", problem, "application/problem+json")}
    if "{number}" in endpoint.path:
        refusals["404"] = _answer("There is nothing here", problem, "application/problem+json")
    if endpoint.parameters:
        refusals["422"] = _answer("A parameter cannot be read", problem, "application/problem+json")
    return refusals


def _answer(description: str, schema: dict[str, Any], media_type: str) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}
