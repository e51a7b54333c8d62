#!/bin/sh
# Serves this folder on this machine and opens the browser. Close the window to stop.
cd "$(dirname "$0")" || exit 1
for python in python3 python; do
  if "$python" -c "import sys; sys.exit(sys.version_info < (3, 7))" 2>/dev/null; then exec "$python" serve.py "$@"; fi
done
echo "Python 3 is missing. Install it, or open lstm-lab.html instead, the same page in one file."
echo "缺少 Python 3。请安装，或改为打开 lstm-lab.html（同一页面的单文件版）。"
read -r _
exit 1
