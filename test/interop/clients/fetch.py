# GETs by urllib: prints status and title, or the failure.

import re
import sys
import urllib.request

for url in sys.argv[1:]:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            page = response.read().decode()
        title = re.search("<title>(.*)</title>", page)
        print(url, response.status, title.group(1) if title else "")
    except OSError as failure:
        print(url, "refused", failure)
