"""Ask the store in this container how it is: `python probe.py /healthz /readyz`, or `python probe.py 'file:/tmp/x*'`.

Prints a JSON line an answer. Ends with 0 when each path answered 200 and each file is there, otherwise with 1.
Standard library only: a health check must not start Django.
"""

import glob
import json
import os
import sys
import urllib.error
import urllib.request


def main(questions: list[str]) -> int:
    """Ask each question."""
    answers = [look(question) if question.startswith("file:") else ask(question) for question in questions]
    for answer in answers:
        sys.stdout.write(json.dumps(answer) + "\n")
    return 0 if answers and all(answer["status"] == 200 for answer in answers) else 1


def ask(path: str) -> dict[str, object]:
    """Ask the web server, as one of its own hosts."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}{path}"
    request = urllib.request.Request(url, headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            status, body = answer.status, answer.read(4096)
    except urllib.error.HTTPError as refusal:
        status, body = refusal.code, refusal.read(4096)
    except OSError as error:
        return {"path": path, "status": 0, "body": str(error)}
    return {"path": path, "status": status, "body": body.decode("utf-8", "replace")}


def look(question: str) -> dict[str, object]:
    """Look for a file by its pattern; one is as good as an answer."""
    found = glob.glob(question.removeprefix("file:"))  # noqa: PTH207 - an absolute pattern
    return {"path": question, "status": 200 if found else 404, "body": ", ".join(found)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
