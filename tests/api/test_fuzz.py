"""Whatever is asked of the API, it answers what its document says: schemathesis asks, the same things each time."""

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode

from convention.api.routes import BASE, ENDPOINTS
from tests.api.test_api import an_alert
from tests.responses import scene

# Fourteen addresses, two ways, two databases: some seconds in all.
EXAMPLES = 40


@pytest.fixture
def schema(world):
    """The document, as served, of a convention that has a little of everything."""
    scene.a_report(world)
    scene.publish(world, 1)
    an_alert(world)
    return schemathesis.openapi.from_asgi(f"{BASE}/openapi.json", world.app)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_question_breaks_the_api(schema, mode):
    statuses = set()
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == len(ENDPOINTS)
    for operation in operations:
        # An address without parameters cannot be asked wrongly.
        if mode == GenerationMode.NEGATIVE and not (operation.query or operation.path_parameters):
            continue

        @hypothesis.settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            response = case.call()
            statuses.add(response.status_code)
            case.validate_response(response)  # no 5xx, no status, type or shape that the document does not say

        ask()
    # It did ask what can be answered, and what cannot
    assert statuses & ({200} if mode == GenerationMode.POSITIVE else {404, 422})
