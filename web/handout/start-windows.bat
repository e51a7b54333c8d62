@echo off
rem Serves this folder on this machine and opens the browser. Close the window to stop.
cd /d "%~dp0"
py -3 -c "import sys; sys.exit(sys.version_info < (3, 7))" >nul 2>nul
if not errorlevel 1 (
  py -3 serve.py %*
  exit /b
)
python -c "import sys; sys.exit(sys.version_info < (3, 7))" >nul 2>nul
if not errorlevel 1 (
  python serve.py %*
  exit /b
)
powershell -NoProfile -ExecutionPolicy Bypass -File serve.ps1
if errorlevel 1 pause
