"""One request, its answer on stdout: ask.py URL BODY_FILE. Exit 1 unless the answer is a whole 200."""

import http.client
import sys
from pathlib import Path
from urllib.parse import urlsplit


def main(url, body):
    at = urlsplit(url)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
    connection.request("POST", at.path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    sys.stdout.buffer.write(answer.read())
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], Path(sys.argv[2]).read_bytes()))
    except (OSError, http.client.HTTPException) as e:
        print(f"ask: {e}", file=sys.stderr)
        sys.exit(1)
