import pytest

from netwatch.core.errors import InventoryError
from netwatch.inventory import load

SECRETS = {"secrets/field": b"n3tw4tch-canary-field\n", "secrets/core": b"n3tw4tch-canary-core\n"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to keep an inventory in, with secrets beside it; the tests stand inside, as an operator would."""
    for name, content in SECRETS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def read(folder):
    """Load an inventory given as text, with other files as name=content."""

    def read(text, *, files=None, environ=None, credentials_dir=None):
        for name, content in {"inventory.yaml": text, **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        relative = (folder / "inventory.yaml").relative_to(folder)
        return load(relative, environ=environ or {}, credentials_dir=credentials_dir)

    return read


@pytest.fixture
def mistakes(read):
    """The sentences an inventory is refused with."""

    def mistakes(text, **kwargs):
        with pytest.raises(InventoryError) as caught:
            read(text, **kwargs)
        return [str(problem) for problem in caught.value.problems]

    return mistakes
