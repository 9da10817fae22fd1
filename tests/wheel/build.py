"""`make wheel`: both distributions as wheels in `dist/`, built from the files that git knows.

`python -m tests.wheel.build FOLDER`. Nothing of the checkout is used that is not under version control: setuptools
would take modules that were deleted out of its own `build` folder, and leave that in the checkout.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = "packages/amazon-simulator"


def build_wheels(target: Path) -> tuple[Path, Path]:
    """The product's wheel and the simulator's."""
    target = target.resolve()  # pip runs in another folder
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("wharfinger*.whl"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="wharfinger-wheel-") as folder:
        source = Path(folder) / "source"
        _copy_known_files(source)
        for place in (source, source / SIMULATOR):
            command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
            subprocess.run([*command, "--wheel-dir", str(target), str(place)], check=True, cwd=folder)
    (product,) = target.glob("wharfinger-[0-9]*.whl")
    (simulator,) = target.glob("wharfinger_amazon_simulator-*.whl")
    return product, simulator


def known_files() -> list[str]:
    """Under version control, or new and not ignored; as they stand in the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _copy_known_files(target: Path) -> None:
    for name in known_files():
        if name.startswith(("src/", "packages/", "requirements/")) or "/" not in name:
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place)


if __name__ == "__main__":
    for wheel in build_wheels(Path(sys.argv[1])):
        sys.stdout.write(f"{wheel}\n")
