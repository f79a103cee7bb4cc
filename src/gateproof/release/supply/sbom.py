"""The bill of materials: CycloneDX 1.6 of every pin of every lock, the same bytes for the same source."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import DisjunctiveLicense, License, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.spdx import is_supported_id
from packageurl import PackageURL

from gateproof.release.supply.keys import Key
from gateproof.release.supply.licences import Licences
from gateproof.release.supply.locks import Lock, Pin

_ALGORITHMS = {
    "sha256": HashAlgorithm.SHA_256,
    "sha384": HashAlgorithm.SHA_384,
    "sha512": HashAlgorithm.SHA_512,
}
_SPACE = uuid.UUID("b1a0a5a0-6f0f-5d0a-9a5e-5b1f0c1d7e11")
"""Ours: the serial number is made from it and the source."""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What the bill is of."""

    product: str
    version: str
    source: str
    """The git tree of the source: with it goes the serial number."""
    moment: datetime
    """When the source was committed. A bill made again says the same."""
    tool_version: str


def bill_of(locks: Sequence[Lock], licences: Licences, about: About, known: Mapping[Key, str]) -> str:
    """CycloneDX JSON of every pin: purl, the hashes that the locks allow, the licence, and the locks that pin it.

    `known` is the licence that a pin is judged under, by key; what it lacks has none in the bill.
    A hash is that of one of the package's files; which one is installed depends on the machine.
    """
    root = Component(
        type=ComponentType.APPLICATION,
        name=about.product,
        version=about.version,
        bom_ref=f"pkg:generic/{about.product}@{about.version}",
        purl=PackageURL(type="generic", name=about.product, version=about.version),
        properties=[Property(name="gateproof:gitTree", value=about.source)],
    )
    tool = Component(type=ComponentType.APPLICATION, name="gateproof", version=about.tool_version)
    metadata = BomMetaData(timestamp=about.moment, component=root)
    metadata.tools.components.add(tool)
    components = [_component(pin, places, licences, known) for pin, places in pinned(locks)]
    serial = uuid.uuid5(_SPACE, f"{about.product}@{about.version} {about.source}")
    bom = Bom(
        serial_number=serial,
        metadata=metadata,
        components=components,
        dependencies=[Dependency(root.bom_ref, dependencies=[Dependency(one.bom_ref) for one in components])],
    )
    return str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"


def pinned(locks: Iterable[Lock]) -> list[tuple[Pin, tuple[str, ...]]]:
    """Each version once, in order, with all its hashes and the locks that pin it."""
    pins: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for lock in locks:
        for pin in lock.pins:
            hashes, places = pins.setdefault((pin.name, pin.version), (set(), set()))
            hashes.update(pin.hashes)
            places.add(lock.path)
    return [
        (Pin(name=name, version=version, hashes=tuple(sorted(hashes))), tuple(sorted(places)))
        for (name, version), (hashes, places) in sorted(pins.items())
    ]


def _component(pin: Pin, places: Iterable[str], licences: Licences, known: Mapping[Key, str]) -> Component:
    expression = known.get(pin.key, "")
    recorded = licences.by_key.get(pin.key)
    purl = PackageURL(type="pypi", name=pin.name, version=pin.version)
    properties = [Property(name="gateproof:lock", value=place) for place in places]
    if recorded:
        properties += [
            Property(name="gateproof:licence-text", value=f"sha256:{one.sha256}") for one in recorded.files
        ]
    return Component(
        type=ComponentType.LIBRARY,
        name=pin.name,
        version=pin.version,
        bom_ref=str(purl),
        purl=purl,
        hashes=[_hash(one) for one in pin.hashes],
        licenses=[_licence(expression)] if expression else [],
        properties=properties,
    )


def _licence(expression: str) -> License:
    return (
        DisjunctiveLicense(id=expression)
        if is_supported_id(expression)
        else LicenseExpression(value=expression)
    )


def _hash(text: str) -> HashType:
    algorithm, _, digest = text.partition(":")
    return HashType(alg=_ALGORITHMS[algorithm], content=digest)
