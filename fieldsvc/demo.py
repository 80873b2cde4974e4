"""A small approval system for the demo bureau: takes the result webhook and answers a receipt.

Mounted only when DEMO is set (`manage.py serve --demo`); a real approval system replaces it.
"""

import json
import threading

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

_writing = threading.Lock()


@csrf_exempt
@require_POST
def approval_system(request: HttpRequest) -> HttpResponse:
    """Keep the delivery in VAR_DIR/demo-results.jsonl and answer `{"receipt_id": …}`.

    The same `webhook-id` gets the same receipt, as a real receiver must.
    """
    delivery = {
        "webhook_id": request.headers.get("webhook-id", ""),
        "signature": request.headers.get("webhook-signature", ""),
        "body": json.loads(request.body),
    }
    with _writing, (settings.VAR / "demo-results.jsonl").open("a", encoding="utf-8") as target:
        target.write(json.dumps(delivery, ensure_ascii=False) + "\n")
    return JsonResponse({"receipt_id": f"演示回执-{delivery['webhook_id']}"})
