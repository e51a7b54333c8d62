"""The places the steps share."""
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
MODULES = WEB / "node_modules"
SCRATCH = ROOT / ".build"  # what steps hand to each other; safe to delete at any time
DIST = ROOT / "dist"
