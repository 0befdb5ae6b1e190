"""The verb that says how a machine is set up, for whoever helps from afar."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli.options import DeviceOptions, Json
from pipelines.cli.output import write

if TYPE_CHECKING:
    from pipelines.benchmarks.diagnosis import Diagnosis, VariantReport

GB = 1e9


@dataclass(frozen=True, kw_only=True)
class DoctorOptions(DeviceOptions):
    """The options of `doctor`."""

    json: Json = None


def doctor(options: DoctorOptions) -> None:
    """Describe device, memory, versions, Hub and disk, and time one clip of each embedded variant."""
    from pipelines.benchmarks.diagnosis import diagnose

    diagnosis = diagnose(options.device)
    write(diagnosis.to_json(), options.json, summarise(diagnosis))


def summarise(diagnosis: "Diagnosis") -> str:
    """The same for a person at a terminal, to be copied whole."""
    device, host, hub, disk = diagnosis.device, diagnosis.host, diagnosis.hub, diagnosis.disk
    versions = ", ".join(f"{name} {version}" for name, version in diagnosis.versions.items())
    if not isinstance(device, str):
        memory = _memory(device.free_bytes, device.has_bytes)
        device = f"{device.name} ({device.description}), {device.dtype}, batch {device.max_batch}, {memory}"
    if not isinstance(host, str):
        memory = _memory(host.free_bytes, host.has_bytes)
        host = f"{host.system}, {host.processors} processors, {memory}"
    if not isinstance(hub, str):
        hub = f"{hub.endpoint} answers in {hub.answered_s:.2f} s"
    if not isinstance(disk, str):
        disk = f"{disk.folder}, {disk.free_bytes / GB:.1f} GB free"
    parts = {"Versions": versions, "Device": device, "Host": host, "Hub": hub, "Disk": disk}
    variants = {key: _describe(report) for key, report in diagnosis.variants.items()}
    width = max(map(len, (*parts, *variants)))
    lines = [f"{name.ljust(width)}  {text}" for name, text in (parts | variants).items()]
    return "\n".join([f"BenchScribe {diagnosis.benchscribe}, Python {diagnosis.python}", *lines])


def _memory(free_bytes: int, has_bytes: int) -> str:
    return f"has {has_bytes / GB:.1f} GB of memory, {free_bytes / GB:.1f} GB free"


def _describe(report: "VariantReport | str") -> str:
    if isinstance(report, str):
        return report
    peak = f", at most {report.peak_bytes / GB:.2f} GB" if report.peak_bytes is not None else ""
    batch = f", {report.batch_clip_s:.3f} s in a batch of {report.batch}" if report.batch > 1 else ""
    times = f"loads in {report.load_s:.1f} s, first clip {report.first_clip_s:.2f} s"
    return f"{times}, a clip {report.clip_s:.3f} s{batch}{peak}"
