"""The software bill of materials, from the lock that an installation takes: `python -m tests.project.sbom` writes it.

CycloneDX 1.6 as JSON, the same bytes for the same lock. It names no place to fetch anything from: a file is what its
hash says, wherever it came from. Needs nothing but Python, so that `make lock` can write it at once.
"""

import json
import tomllib
import uuid

from tests.project.lock import OURSELVES, ROOT, RUNTIME, Pin, pins

SBOM = ROOT / "sbom.cdx.json"
NAMESPACE = uuid.UUID("6f0e6d1c-6a2b-5b0e-9a57-6e6574776174")


def purl(pin: Pin) -> str:
    return f"pkg:pypi/{pin.name.replace('_', '-')}@{pin.version.replace('+', '%2B')}"


def component(pin: Pin) -> dict[str, object]:
    """The hashes belong to the files of one release, so they stand with the distribution and not with the package."""
    hashes = [{"alg": "SHA-256", "content": content} for content in pin.hashes]
    told: dict[str, object] = {
        "type": "library",
        "bom-ref": purl(pin),
        "name": pin.name,
        "version": pin.version,
        "purl": purl(pin),
        "externalReferences": [{"type": "distribution", "url": purl(pin), "hashes": hashes}],
    }
    if pin.marker:
        told["properties"] = [{"name": "netwatch:environment-marker", "value": pin.marker}]
    return told


def sbom(found: list[Pin], version: str) -> dict[str, object]:
    root = f"pkg:generic/{OURSELVES}@{version}"
    names = {OURSELVES, *(pin.name for pin in found)}
    wanting = {who: sorted(purl(pin) for pin in found if who in pin.wanted_by) for who in names}
    graph = [{"ref": root, "dependsOn": wanting[OURSELVES]}]
    graph += [{"ref": purl(pin), "dependsOn": wanting[pin.name]} for pin in found]
    content = json.dumps([version, found])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": OURSELVES,
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [component(pin) for pin in found],
        "dependencies": graph,
    }


def text() -> str:
    """The file as it should be."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return json.dumps(sbom(pins(RUNTIME), project["version"]), indent=1) + "\n"


if __name__ == "__main__":
    SBOM.write_text(text(), encoding="utf-8")
