"""Where tests find what they read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT / "tests" / "truth"
CASES = ROOT / "tests" / "cases"
SHARED = ROOT.parent / "shared"
