"""Why a download failed: one sentence with the remedy, for each way in which the Hub or the line fails."""

import json

from zoo.weights import Weights


def explain(weights: Weights, error: Exception) -> str:
    """What a failure of huggingface_hub or of the line means for the user."""
    from huggingface_hub import constants
    from huggingface_hub.errors import FileMetadataError, GatedRepoError, LocalEntryNotFoundError

    causes = (error, error.__cause__)
    if any(isinstance(each, GatedRepoError) for each in causes):
        return (
            f"The repository {weights.name} is gated, and no access to it has been granted to you; accept "
            f"its terms on {constants.ENDPOINT}/{weights.source}, set HF_TOKEN to a token of the account "
            "that did, and try again."
        )
    if any(isinstance(each, json.JSONDecodeError | FileMetadataError) for each in causes):
        return (
            f"What answered for {weights.name} at {constants.ENDPOINT} is no model hub but, say, a page of a "
            "proxy: expected a listing of files as JSON; sign in to that network, or correct HF_ENDPOINT or "
            "HTTPS_PROXY, and try again."
        )
    if sentence := _refusal(weights, causes):
        return sentence
    if isinstance(error, LocalEntryNotFoundError):
        return (
            f"The release {weights.name} is not on this machine and the Hub cannot be reached; "
            "connect to the network, or choose the embedded tier."
        )
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return (
        f"The download of {weights.name} broke off ({lines[0][:160]}); the part that arrived is kept but not "
        "used: try again, and the download resumes there."
    )


def _refusal(weights: Weights, causes: tuple[BaseException | None, ...]) -> str:
    """The sentence for a repository that the Hub does not hand out; "" if it did not refuse."""
    from huggingface_hub import get_token

    from zoo.hub.listing import cached_listing

    responses = [each.response for each in causes if getattr(each, "response", None) is not None]
    status = responses[0].status_code if responses else None
    if status == 403 or (status == 401 and get_token()):
        return (
            f"The Hub refuses {weights.name} to your token (status {status}), which lacks the right to read "
            "it; set HF_TOKEN to one with that right, or unset it if the repository is public, and try again."
        )
    if status not in {401, 404}:
        return ""
    if cached_listing(weights):
        return (
            f"The Hub has no {weights.name} at revision {weights.revision[:8]} any more, though it listed "
            "its files: it has been withdrawn; choose another release."
        )
    return (
        f"The Hub has no {weights.name} at revision {weights.revision[:8]}; "
        "check the name and the revision, and that you may read it."
    )
