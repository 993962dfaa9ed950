"""Starts ministack with what it leaves out of streams: a function that answers with failures gets them again.

On AWS a mapping of a stream with `ReportBatchItemFailures` goes on from the first sequence number that the function
answers. ministack 1.5.33 looks at the answers of queues only, and passes a stream's failures over. Here such a batch comes
again whole, which AWS may do as well: each record is delivered at least once.
"""

from ministack.app import main
from ministack.services import lambda_svc

execute = lambda_svc._execute_function


def execute_stream_again(function: dict, event: dict) -> dict:
    result = execute(function, event)
    records = event.get("Records") if isinstance(event, dict) else None
    is_stream = bool(records) and records[0].get("eventSource") == "aws:dynamodb"
    body = result.get("body")
    if is_stream and isinstance(body, dict) and body.get("batchItemFailures"):
        first = body["batchItemFailures"][0].get("itemIdentifier")
        return {**result, "error": True, "body": {"errorType": "BatchItemFailures", "errorMessage": f"from {first}"}}
    return result


if __name__ == "__main__":
    lambda_svc._execute_function = execute_stream_again
    main()
