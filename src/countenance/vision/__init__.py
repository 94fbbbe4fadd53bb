"""Find faces in pixels and turn them into templates; opening photos and deciding who may be named is for others."""

from countenance.vision._catalogue import ModelCard, catalogue, verified
from countenance.vision._onnx import OnnxVision
from countenance.vision._stub import StubVision

__all__ = ["ModelCard", "OnnxVision", "StubVision", "catalogue", "verified"]
