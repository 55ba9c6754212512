"""Writes every generated file: `python -m dashboards`."""

from pathlib import Path

from dashboards.files import files

if __name__ == "__main__":
    here = Path(__file__).parent
    for name, text in files().items():
        path = here / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
