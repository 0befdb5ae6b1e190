"""Watch, by which a download reports what it does and can be interrupted."""

from zoo.hub.disk import require_disk
from zoo.weights import Weights

COUNTED = {"huggingface_hub.http_get", "huggingface_hub.snapshot_download"}  # bars of bytes, by their name


class Watch:
    """What a download calls as it goes on; this one only makes sure that the disk has room."""

    def begin(self, weights: Weights, missing_bytes: int, total_bytes: int) -> None:
        """The sizes are known, and the large files come next.  Raises TooLittleDisk."""
        require_disk(weights.name, missing_bytes)

    def count(self, size_bytes: int) -> None:
        """Bytes have arrived; a negative number of them is lost again."""

    def check(self) -> None:
        """Raises what interrupts the download, if it shall be."""

    def verify(self) -> None:
        """Everything is here, and its hashes are compared next."""


def progress_bar(watch: Watch) -> type:
    """A class of progress bars for huggingface_hub that draws nothing and reports to a watch.

    The bars of snapshot_download never raise: hf_xet calls them from a thread of its own.
    """
    from huggingface_hub.utils import tqdm

    class Bar(tqdm):
        def __init__(self, *args, **kwargs) -> None:
            self.name = kwargs.get("name") or ""
            super().__init__(*args, **kwargs | {"disable": True})

        def update(self, n: float | None = 1) -> None:
            if self.name in COUNTED:
                watch.count(int(n or 0))
            if not self.name.startswith("huggingface_hub.snapshot_download"):
                watch.check()

    return Bar
